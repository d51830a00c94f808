//! Forgetting an address: every row that names it, in every table. Each table that gets an address gets a line here.

use super::StoreError;
use super::engine::{Conn, on};
use crate::domain::EmailAddress;

/// A suppressed address stays known by a hash that only this installation can make.
const HASH: &str = "UPDATE suppression SET address = $2, detail = '' WHERE address = $1 \
    AND NOT EXISTS (SELECT 1 FROM suppression AS other WHERE other.address = $2)";

const SUPPRESSED: &str = "DELETE FROM suppression WHERE address = $1";

/// Addresses as their owners spelt them, and in lower case.
const FORGET: [&str; 7] = [
    // A cursor without its place begins anew, and adds only what is not there.
    "UPDATE edition SET fanned_to = '' WHERE fanned_to = $1 OR lower(fanned_to) = $2",
    "DELETE FROM subscriber WHERE address = $1 OR lower(address) = $2",
    "DELETE FROM delivery WHERE address = $1 OR lower(address) = $2",
    "DELETE FROM bounce WHERE address = $1 OR lower(address) = $2",
    "DELETE FROM confirmation WHERE address = $1 OR lower(address) = $2",
    "DELETE FROM letter_day WHERE address = $1 OR lower(address) = $2",
    "DELETE FROM reader_feed WHERE address = $1 OR lower(address) = $2",
];

/// Forgets `address`; of a suppressed one `fingerprint` is kept.
pub async fn erase(
    conn: &mut Conn<'_>,
    address: &EmailAddress,
    fingerprint: &str,
) -> Result<(), StoreError> {
    let folded = address.folded();
    on!(conn, x => sqlx::query(HASH).bind(&folded).bind(fingerprint).execute(x).await.map(drop))?;
    on!(conn, x => sqlx::query(SUPPRESSED).bind(&folded).execute(x).await.map(drop))?;
    for statement in FORGET {
        on!(conn, x => sqlx::query(statement)
            .bind(address.as_str())
            .bind(&folded)
            .execute(x)
            .await
            .map(drop))?;
    }
    Ok(())
}
