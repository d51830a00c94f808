//! The ledger: Messages, and a Delivery row for every address, from fan-out to verdict.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on, row};
use super::{StoreError, instant, micros};
use crate::domain::{Delivery, DeliveryState, EmailAddress, Language, Message, MessageId};

row! { MessageRow {
    id: String, kind: String, subject: String, language: String, list: Option<String>, text: String, html: String,
} }

row! { DeliveryRow {
    message: String, address: String, state: String, attempts: i64, doubts: i64, not_before: i64, mail_id: String,
    response: Option<String>,
} }

const INSERT_MESSAGE: &str = "INSERT INTO message (id, kind, subject, language, list, text, html, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";

const GET_MESSAGE: &str =
    "SELECT id, kind, subject, language, list, text, html FROM message WHERE id = $1";

const INSERT_DELIVERY: &str = "INSERT INTO delivery (message, address, state, attempts, doubts, not_before, mail_id, changed_at) \
    VALUES ($1, $2, 'new', 0, 0, $3, $4, $5) ON CONFLICT (message, address) DO NOTHING";

const DUE: &str = "SELECT message, address, state, attempts, doubts, not_before, mail_id, response FROM delivery \
    WHERE state IN ('new', 'deferred') AND not_before <= $1 ORDER BY not_before, message, address LIMIT $2";

const IN_STATE: &str = "SELECT message, address, state, attempts, doubts, not_before, mail_id, response FROM delivery \
    WHERE state = $1 ORDER BY message, address";

// The old state is part of the condition: a row that somebody else moved on is left alone.
const UPDATE: &str = "UPDATE delivery SET state = $3, attempts = $4, doubts = $5, not_before = $6, response = $7, changed_at = $8 \
    WHERE message = $1 AND address = $2 AND state = $9";

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

/// Adds fresh Deliveries; an address that has one of the Message already is left alone.
pub async fn fan_out(
    conn: &mut Conn<'_>,
    deliveries: &[Delivery],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for delivery in deliveries {
        on!(conn, x => sqlx::query(INSERT_DELIVERY)
            .bind(delivery.message.to_string())
            .bind(delivery.address.as_str())
            .bind(micros(delivery.not_before))
            .bind(&delivery.mail_id)
            .bind(micros(now))
            .execute(x)
            .await.map(drop))?;
    }
    Ok(())
}

/// At most `limit` Deliveries that may be tried at `now`, the longest waiting first.
pub async fn due(
    conn: &mut Conn<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let rows: Vec<DeliveryRow> =
        on!(conn, x => sqlx::query_as(DUE).bind(micros(now)).bind(limit).fetch_all(x).await)?;
    rows.into_iter().map(DeliveryRow::read).collect()
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

/// Writes a step of a Delivery that stood in `from`; `false` where it no longer did, and then nothing is changed.
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
        .bind(i64::from(delivery.doubts))
        .bind(micros(delivery.not_before))
        .bind(&delivery.response)
        .bind(micros(now))
        .bind(from.as_str())
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
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
    fn read(self) -> Result<Delivery, StoreError> {
        let corrupt = |reason: &str| StoreError::corrupt("delivery", &self.mail_id, &reason);
        Ok(Delivery {
            message: MessageId::parse(&self.message).ok_or_else(|| corrupt("no message id"))?,
            address: EmailAddress::new(&self.address).map_err(|e| corrupt(&e.to_string()))?,
            state: DeliveryState::parse(&self.state).ok_or_else(|| corrupt("no such state"))?,
            attempts: u32::try_from(self.attempts).map_err(|e| corrupt(&e.to_string()))?,
            doubts: u32::try_from(self.doubts).map_err(|e| corrupt(&e.to_string()))?,
            not_before: instant(self.not_before, "delivery", &self.mail_id)?,
            mail_id: self.mail_id,
            response: self.response,
        })
    }
}
