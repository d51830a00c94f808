//! The schema as numbered steps, each applied once in a transaction of its own.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::engine::{PerEngine, on};
use super::{Conn, StoreError};

/// Numbered, never edited: a change of the schema is a new file, and a line here.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "init", include_str!("migrations/0001_init.sql")),
    (2, "keeping", include_str!("migrations/0002_keeping.sql")),
    (3, "sources", include_str!("migrations/0003_sources.sql")),
    (4, "stories", include_str!("migrations/0004_stories.sql")),
    (5, "schedules", include_str!("migrations/0005_schedules.sql")),
    (6, "editions", include_str!("migrations/0006_editions.sql")),
    (7, "delivery", include_str!("migrations/0007_delivery.sql")),
    (8, "archives", include_str!("migrations/0008_archives.sql")),
    (9, "subscribing", include_str!("migrations/0009_subscribing.sql")),
    (10, "search", include_str!("migrations/0010_search.sql")),
    (11, "letters", include_str!("migrations/0011_letters.sql")),
    (12, "desk", include_str!("migrations/0012_desk.sql")),
    (13, "marks", include_str!("migrations/0013_marks.sql")),
    (14, "waiting", include_str!("migrations/0014_waiting.sql")),
    (15, "packed", include_str!("migrations/0015_packed.sql")),
    (16, "forgotten", include_str!("migrations/0016_forgotten.sql")),
];

/// The steps in the words of an engine.
pub(super) fn all(is_sqlite: bool) -> Migrator {
    let migrations = MIGRATIONS.iter().map(|(version, name, text)| {
        let sql = AssertSqlSafe(for_engine(text, is_sqlite)).into_sql_str();
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// One text serves both engines. What only one of them knows, such as a search index, stands between a line `-- sqlite:`
/// or `-- postgres:` and a line `-- both:`.
fn for_engine(text: &str, is_sqlite: bool) -> String {
    let mut applies = true;
    let mut ours = String::with_capacity(text.len());
    for line in text.lines() {
        match line.trim() {
            "-- sqlite:" => applies = is_sqlite,
            "-- postgres:" => applies = !is_sqlite,
            "-- both:" => applies = true,
            _ if applies => ours.extend([line, "\n"]),
            _ => {}
        }
    }
    if is_sqlite { ours.replace("BYTEA", "BLOB") } else { ours }
}

const HAS_SCHEMA: PerEngine = PerEngine {
    sqlite: "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
    postgres: "SELECT count(*) FROM information_schema.tables \
        WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'",
};

const APPLIED: &str = "SELECT version FROM _sqlx_migrations";

/// Whether the store can be looked into without changing it: it is there, and of this program's schema.
pub(super) async fn check(conn: &mut Conn<'_>, place: &str) -> Result<(), StoreError> {
    let has_schema = HAS_SCHEMA.text(conn);
    let tables: i64 = on!(conn, x => sqlx::query_scalar(has_schema).fetch_one(x).await)?;
    if tables == 0 {
        return Err(StoreError::Missing { place: place.to_owned() });
    }
    let applied: Vec<i64> = on!(conn, x => sqlx::query_scalar(APPLIED).fetch_all(x).await)?;
    if let Some(version) = applied.iter().find(|v| MIGRATIONS.iter().all(|(known, ..)| known != *v))
    {
        return Err(StoreError::Newer { version: *version });
    }
    let is_current = MIGRATIONS.iter().all(|(known, ..)| applied.contains(known));
    if is_current { Ok(()) } else { Err(StoreError::Older { place: place.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_may_have_lines_for_one_engine() {
        let text =
            "CREATE TABLE a (b BYTEA);\n-- sqlite:\nONE;\n-- postgres:\nTWO;\n-- both:\nTHREE;";
        assert_eq!(for_engine(text, true), "CREATE TABLE a (b BLOB);\nONE;\nTHREE;\n");
        assert_eq!(for_engine(text, false), "CREATE TABLE a (b BYTEA);\nTWO;\nTHREE;\n");
    }

    #[test]
    fn steps_are_numbered_upwards() {
        assert!(MIGRATIONS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
