//! Carries a whole store away and back: backup, restore, and the move to PostgreSQL.

use std::path::{Path, PathBuf};

use crate::store::transfer::Carried;
use crate::store::{Place, Store, StoreError, backup};

/// Writes the store as it is at one instant into a new file, beside whoever works on it; its size.
pub async fn backup(place: &Place, file: &Path) -> Result<u64, StoreError> {
    let store = Store::open_read_only(place).await?;
    let size = store.backup(file).await;
    store.close().await;
    size
}

/// Puts a backup in the store's place; where the store that was there is now.
pub async fn restore(place: &Place, file: &Path) -> Result<Option<PathBuf>, StoreError> {
    backup::restore(place, file).await
}

/// Carries the SQLite store that nobody works on into an empty database.
pub async fn carry(from: &Place, into: &Place) -> Result<Vec<Carried>, StoreError> {
    if !from.is_there() {
        return Err(StoreError::Missing { place: from.to_string() });
    }
    let from = Store::open(from).await?;
    let carried = match Store::open(into).await {
        Ok(into) => {
            let carried = carry_all(&from, &into).await;
            into.close().await;
            carried
        }
        Err(error) => Err(error),
    };
    from.close().await;
    carried
}

/// What search finds is made anew on the other side.
async fn carry_all(from: &Store, into: &Store) -> Result<Vec<Carried>, StoreError> {
    let carried = from.carry_into(into).await?;
    into.fill_search().await?;
    Ok(carried)
}
