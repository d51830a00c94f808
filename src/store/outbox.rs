//! The ledger: Messages, and a Delivery row for every address, from fan-out to verdict.

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

use super::engine::{Conn, on, row, values};
use super::{StoreError, instant, micros};
use crate::domain::{Delivery, DeliveryState, EmailAddress, Language, Message, MessageId};

row! { MessageRow {
    id: String, kind: String, subject: String, language: String, list: Option<String>, text: String, html: String,
} }

row! { pub(super) DeliveryRow {
    message: String, address: String, state: String, attempts: i64, doubts: i64, not_before: i64, deadline: i64,
    mail_id: String, response: Option<String>,
} }

const INSERT_MESSAGE: &str = "INSERT INTO message (id, kind, subject, language, list, text, html, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";

const GET_MESSAGE: &str =
    "SELECT id, kind, subject, language, list, text, html FROM message WHERE id = $1";

/// Columns of a Delivery in [`fan_out`].
const FRESH: [&str; 6] = ["TEXT", "TEXT", "BIGINT", "BIGINT", "TEXT", "TEXT"];
/// Rows a statement: beyond some hundred nothing is gained.
const ROWS: usize = 500;

const IN_STATE: &str = "SELECT message, address, state, attempts, doubts, not_before, deadline, mail_id, response FROM delivery \
    WHERE state = $1 ORDER BY message, address";

// One text a state, since each has an index of its own that only its own words lead to.
const SOME_FAILED: &str = "SELECT message, address, state, attempts, doubts, not_before, deadline, mail_id, response FROM delivery \
    WHERE state = 'failed' AND state = $1 ORDER BY changed_at DESC LIMIT $2";
const SOME_WAITING: &str = "SELECT message, address, state, attempts, doubts, not_before, deadline, mail_id, response FROM delivery \
    WHERE state IN ('new', 'deferred') AND state = $1 ORDER BY not_before LIMIT $2";
const SOME_IN_DOUBT: &str = "SELECT message, address, state, attempts, doubts, not_before, deadline, mail_id, response FROM delivery \
    WHERE state IN ('sending', 'unknown') AND state = $1 ORDER BY changed_at DESC LIMIT $2";

const OF_TOKEN: &str = "SELECT message, address, state, attempts, doubts, not_before, deadline, mail_id, response FROM delivery \
    WHERE message = $1 AND mail_id LIKE $2";

// The old state is part of the condition, and a row that a run holds is left to it.
const UPDATE: &str = "UPDATE delivery SET state = $3, attempts = $4, not_before = $5, deadline = $6, response = $7, changed_at = $8 \
    WHERE message = $1 AND address = $2 AND state = $9 \
    AND (owner IS NULL OR owner NOT IN (SELECT id FROM delivery_run))";

// Through the index of what waits: a list that was sent long ago is not looked through.
const CANCEL: &str = "UPDATE delivery SET state = 'failed', response = $1, changed_at = $2 \
    WHERE state IN ('new', 'deferred') AND lower(address) = $3 \
    AND ($4 = '' OR message IN (SELECT id FROM message WHERE list = $4))";

/// Records a Message; one that exists is left as it is.
pub async fn insert_message(
    conn: &mut Conn<'_>,
    message: &Message,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id = message.id.to_string();
    let kind = serde_json::to_string(&message.kind)
        .map_err(|reason| StoreError::corrupt("message", &id, &reason))?;
    on!(conn, x => sqlx::query(INSERT_MESSAGE)
        .bind(id)
        .bind(kind)
        .bind(&message.subject)
        .bind(message.language.as_str())
        .bind(&message.list)
        .bind(&message.text)
        .bind(&message.html)
        .bind(micros(now))
        .execute(x)
        .await.map(drop))?;
    Ok(())
}

/// The Message with this id.
pub async fn message(conn: &mut Conn<'_>, id: MessageId) -> Result<Option<Message>, StoreError> {
    let row: Option<MessageRow> =
        on!(conn, x => sqlx::query_as(GET_MESSAGE).bind(id.to_string()).fetch_optional(x).await)?;
    row.map(MessageRow::read).transpose()
}

/// Adds fresh Deliveries and says how many there were: an address that has one of the Message already is left alone, and one
/// that is suppressed gets none.
pub async fn fan_out(
    conn: &mut Conn<'_>,
    deliveries: &[Delivery],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut added = 0;
    for chunk in deliveries.chunks(ROWS) {
        added += fan_out_chunk(conn, chunk, now).await?;
    }
    Ok(added)
}

async fn fan_out_chunk(
    conn: &mut Conn<'_>,
    deliveries: &[Delivery],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let text = format!(
        "INSERT INTO delivery (message, address, state, attempts, doubts, not_before, deadline, mail_id, changed_at) \
         SELECT v.column1, v.column2, 'new', 0, 0, v.column3, v.column4, v.column5, ${} FROM (VALUES {}) AS v \
         WHERE NOT EXISTS (SELECT 1 FROM suppression WHERE suppression.address = v.column6) \
         ON CONFLICT (message, address) DO NOTHING",
        deliveries.len() * FRESH.len() + 1,
        values(conn, deliveries.len(), &FRESH)
    );
    Ok(on!(conn, x => {
        let mut query = sqlx::query(AssertSqlSafe(text));
        for delivery in deliveries {
            query = query
                .bind(delivery.message.to_string())
                .bind(delivery.address.as_str())
                .bind(micros(delivery.not_before))
                .bind(micros(delivery.deadline))
                .bind(&delivery.mail_id)
                .bind(delivery.address.folded());
        }
        query.bind(micros(now)).execute(x).await.map(|done| done.rows_affected())
    })?)
}

/// All Deliveries in `state`.
pub async fn in_state(
    conn: &mut Conn<'_>,
    state: DeliveryState,
) -> Result<Vec<Delivery>, StoreError> {
    let rows: Vec<DeliveryRow> =
        on!(conn, x => sqlx::query_as(IN_STATE).bind(state.as_str()).fetch_all(x).await)?;
    rows.into_iter().map(DeliveryRow::read).collect()
}

/// Some Deliveries in `state`, at most `limit`: those first that wait longest, of others those that changed last. None that
/// were sent: there are too many.
pub async fn some_in_state(
    conn: &mut Conn<'_>,
    state: DeliveryState,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let text = match state {
        DeliveryState::New | DeliveryState::Deferred => SOME_WAITING,
        DeliveryState::Sending | DeliveryState::Unknown => SOME_IN_DOUBT,
        DeliveryState::Failed => SOME_FAILED,
        DeliveryState::Sent => return Ok(Vec::new()),
    };
    let rows: Vec<DeliveryRow> = on!(conn, x => sqlx::query_as(text)
        .bind(state.as_str())
        .bind(limit)
        .fetch_all(x)
        .await)?;
    rows.into_iter().map(DeliveryRow::read).collect()
}

/// The Delivery that a token of its Message-ID names.
pub async fn of_token(conn: &mut Conn<'_>, token: &str) -> Result<Option<Delivery>, StoreError> {
    let Some(message) = MessageId::of_token(token) else { return Ok(None) };
    let row: Option<DeliveryRow> = on!(conn, x => sqlx::query_as(OF_TOKEN)
        .bind(message.to_string())
        .bind(format!("{token}@%"))
        .fetch_optional(x)
        .await)?;
    row.map(DeliveryRow::read).transpose()
}

/// Writes what a person or a bounce says of a Delivery that stood in `from`; `false` where it no longer did, or is in hand.
pub async fn update(
    conn: &mut Conn<'_>,
    delivery: &Delivery,
    from: DeliveryState,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let changed = on!(conn, x => sqlx::query(UPDATE)
        .bind(delivery.message.to_string())
        .bind(delivery.address.as_str())
        .bind(delivery.state.as_str())
        .bind(i64::from(delivery.attempts))
        .bind(micros(delivery.not_before))
        .bind(micros(delivery.deadline))
        .bind(&delivery.response)
        .bind(micros(now))
        .bind(from.as_str())
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// What waits for `address` is not sent any more, of one list or of all; `why` is kept with it. Gives how many there were.
pub async fn cancel(
    conn: &mut Conn<'_>,
    address: &EmailAddress,
    list: Option<&str>,
    why: &str,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    Ok(on!(conn, x => sqlx::query(CANCEL)
        .bind(why)
        .bind(micros(now))
        .bind(address.folded())
        .bind(list.unwrap_or_default())
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?)
}

impl MessageRow {
    fn read(self) -> Result<Message, StoreError> {
        let corrupt = |reason: &str| StoreError::corrupt("message", &self.id, &reason);
        Ok(Message {
            id: MessageId::parse(&self.id).ok_or_else(|| corrupt("no id"))?,
            kind: serde_json::from_str(&self.kind).map_err(|e| corrupt(&e.to_string()))?,
            language: Language::parse(&self.language).ok_or_else(|| corrupt("no language"))?,
            subject: self.subject,
            list: self.list,
            text: self.text,
            html: self.html,
        })
    }
}

impl DeliveryRow {
    pub(super) fn read(self) -> Result<Delivery, StoreError> {
        let corrupt = |reason: &str| StoreError::corrupt("delivery", &self.mail_id, &reason);
        Ok(Delivery {
            message: MessageId::parse(&self.message).ok_or_else(|| corrupt("no message id"))?,
            address: EmailAddress::new(&self.address).map_err(|e| corrupt(&e.to_string()))?,
            state: DeliveryState::parse(&self.state).ok_or_else(|| corrupt("no such state"))?,
            attempts: u32::try_from(self.attempts).map_err(|e| corrupt(&e.to_string()))?,
            doubts: u32::try_from(self.doubts).map_err(|e| corrupt(&e.to_string()))?,
            not_before: instant(self.not_before, "delivery", &self.mail_id)?,
            deadline: instant(self.deadline, "delivery", &self.mail_id)?,
            mail_id: self.mail_id,
            response: self.response,
        })
    }
}
