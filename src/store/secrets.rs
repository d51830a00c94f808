//! Secrets that this installation made for itself.

use super::StoreError;
use super::engine::{Conn, on, row};

row! { SecretRow { value: Vec<u8> } }

const PUT: &str = "INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

const GET: &str = "SELECT value FROM secret WHERE name = $1";

/// The secret of this name, if it was made.
pub async fn get(conn: &mut Conn<'_>, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<SecretRow> =
        on!(conn, x => sqlx::query_as(GET).bind(name).fetch_optional(x).await)?;
    Ok(row.map(|row| row.value))
}

/// Keeps a secret under a name that has none yet; the first one stays.
pub async fn keep(conn: &mut Conn<'_>, name: &str, value: &[u8]) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(PUT).bind(name).bind(value).execute(x).await.map(drop))?;
    Ok(())
}
