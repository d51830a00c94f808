//! Hosts: who may ask one now, how long it is left alone, what its robots.txt says.
//!
//! A lease is worth something only through its fence: a number that grows with every new holder. Who writes under an old
//! one has lost the host meanwhile, and changes nothing.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on, row};
use super::{StoreError, instant, micros};

/// The right to ask a host, and to write what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The host, with scheme and port.
    pub host: String,
    /// Who holds it.
    pub holder: String,
    /// Which of its leases this is.
    pub fence: i64,
}

/// A host that is ours for a while.
#[derive(Debug, Clone)]
pub struct Held {
    /// The proof.
    pub ticket: Ticket,
    /// Not to be asked earlier.
    pub next_at: DateTime<Utc>,
    /// What its robots.txt said, and until when that holds.
    pub robots: Option<(String, DateTime<Utc>)>,
}

impl Held {
    /// Where nobody else has it, and nothing is known of it.
    pub fn alone(host: &str, holder: &str, now: DateTime<Utc>) -> Self {
        let ticket = Ticket { host: host.to_owned(), holder: holder.to_owned(), fence: 0 };
        Self { ticket, next_at: now, robots: None }
    }
}

row! { HeldRow { fence: i64, next_at: i64, robots: Option<String>, robots_until: i64 } }

row! { SeenRow { fence: i64, next_at: i64, robots: Option<String>, robots_until: i64, lease_until: i64 } }

/// Who holds it already keeps his fence.
const CLAIM: &str = "INSERT INTO host (name, next_at, lease_by, lease_until, fence, robots_until) \
    VALUES ($1, $4, $2, $3, 1, 0) \
    ON CONFLICT (name) DO UPDATE SET lease_by = excluded.lease_by, lease_until = excluded.lease_until, \
        fence = CASE WHEN host.lease_by = excluded.lease_by AND host.lease_until > $4 \
            THEN host.fence ELSE host.fence + 1 END \
    WHERE host.lease_by = excluded.lease_by OR host.lease_until <= $4 \
    RETURNING fence, next_at, robots, robots_until";

const LOOK: &str =
    "SELECT fence, next_at, robots, robots_until, lease_until FROM host WHERE name = $1";

const SETTLE: &str =
    "UPDATE host SET next_at = $4 WHERE name = $1 AND lease_by = $2 AND fence = $3";

const RELEASE: &str = "UPDATE host SET next_at = $4, lease_until = $4 \
    WHERE name = $1 AND lease_by = $2 AND fence = $3";

const SET_ROBOTS: &str = "UPDATE host SET robots = $4, robots_until = $5 \
    WHERE name = $1 AND lease_by = $2 AND fence = $3";

/// Takes `host` for `holder` until `until`, or lengthens his lease; `None` where somebody else has it.
pub async fn claim(
    conn: &mut Conn<'_>,
    host: &str,
    holder: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Held>, StoreError> {
    let row: Option<HeldRow> = on!(conn, x => sqlx::query_as(CLAIM)
        .bind(host)
        .bind(holder)
        .bind(micros(until))
        .bind(micros(now))
        .fetch_optional(x)
        .await)?;
    row.map(|row| row.read(host, holder)).transpose()
}

/// What is known of `host`, for somebody who does not take it; `None` while it is taken.
pub async fn look(
    conn: &mut Conn<'_>,
    host: &str,
    now: DateTime<Utc>,
) -> Result<Option<Held>, StoreError> {
    let row: Option<SeenRow> =
        on!(conn, x => sqlx::query_as(LOOK).bind(host).fetch_optional(x).await)?;
    let Some(SeenRow { fence, next_at, robots, robots_until, lease_until }) = row else {
        return Ok(Some(Held::alone(host, "", now)));
    };
    if lease_until > micros(now) {
        return Ok(None);
    }
    HeldRow { fence, next_at, robots, robots_until }.read(host, "").map(Some)
}

impl HeldRow {
    fn read(self, host: &str, holder: &str) -> Result<Held, StoreError> {
        let robots_until = instant(self.robots_until, "host", host)?;
        Ok(Held {
            ticket: Ticket { host: host.to_owned(), holder: holder.to_owned(), fence: self.fence },
            next_at: instant(self.next_at, "host", host)?,
            robots: self.robots.map(|rules| (rules, robots_until)),
        })
    }
}

/// Says when the host may be asked again; `false` where the lease has passed to somebody else, and then nothing is changed.
/// In a transaction it also keeps the host from passing on before the commit.
pub async fn settle(
    conn: &mut Conn<'_>,
    ticket: &Ticket,
    next_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    write(conn, SETTLE, ticket, next_at).await
}

/// Gives the host back.
pub async fn release(
    conn: &mut Conn<'_>,
    ticket: &Ticket,
    next_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    write(conn, RELEASE, ticket, next_at).await
}

async fn write(
    conn: &mut Conn<'_>,
    statement: &'static str,
    ticket: &Ticket,
    next_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = on!(conn, x => sqlx::query(statement)
        .bind(&ticket.host)
        .bind(&ticket.holder)
        .bind(ticket.fence)
        .bind(micros(next_at))
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Keeps what robots.txt said.
pub async fn set_robots(
    conn: &mut Conn<'_>,
    ticket: &Ticket,
    rules: &str,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    // U+0000 is no text for every engine, and no part of an address.
    let rules = rules.replace('\0', "");
    on!(conn, x => sqlx::query(SET_ROBOTS)
        .bind(&ticket.host)
        .bind(&ticket.holder)
        .bind(ticket.fence)
        .bind(rules)
        .bind(micros(until))
        .execute(x)
        .await.map(drop))?;
    Ok(())
}
