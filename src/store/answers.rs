//! What a model answered, by the hash of all that it was asked: the same text is never sent twice.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on, row};
use super::{StoreError, micros};

const GET: &str = "SELECT summary, refusal FROM model_answer WHERE question = $1";

const PUT: &str = "INSERT INTO model_answer (question, summary, refusal, answered_at) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (question) DO NOTHING";

row! { AnswerRow { summary: Option<String>, refusal: Option<String> } }

/// The summary that was accepted, or why it was refused; `None` where it was never asked.
pub async fn get(
    conn: &mut Conn<'_>,
    question: &str,
) -> Result<Option<Result<String, String>>, StoreError> {
    let row: Option<AnswerRow> =
        on!(conn, x => sqlx::query_as(GET).bind(question).fetch_optional(x).await)?;
    Ok(row.map(|row| row.summary.ok_or(row.refusal.unwrap_or_default())))
}

/// Keeps an answer.
pub async fn put(
    conn: &mut Conn<'_>,
    question: &str,
    answer: Result<&str, &str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(PUT)
        .bind(question)
        .bind(answer.ok())
        .bind(answer.err())
        .bind(micros(now))
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}
