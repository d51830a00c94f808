//! The PostgreSQL server of the tests, and stores on it: any test may run once more there.

use std::cell::RefCell;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::world::{stdout, tool_is_missing};

thread_local! {
    /// The server on which this thread's worlds keep their stores; none means SQLite.
    static SERVER: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The named tests of a file once more, on PostgreSQL. A file that has this names all its async tests here.
macro_rules! also_on_postgres {
    ($($test:ident),* $(,)?) => {
        mod on_postgres {
            $(#[test] fn $test() { crate::postgres::on_postgres(super::$test); })*
        }
    };
}
pub(crate) use also_on_postgres;

/// Runs a test whose worlds keep their stores on the PostgreSQL server of the tests.
pub fn on_postgres(test: fn()) {
    struct Back;
    impl Drop for Back {
        fn drop(&mut self) {
            SERVER.set(None);
        }
    }
    let Some(server) = postgres() else { return };
    SERVER.set(Some(server));
    let _back = Back;
    test();
}

/// The PostgreSQL server that `tests/run` started, or another one: `PRESSROOM_TEST_POSTGRES=$(tests/postgres start DIR)`.
pub fn postgres() -> Option<String> {
    let server = std::env::var("PRESSROOM_TEST_POSTGRES").ok();
    if server.is_none() {
        tool_is_missing("PostgreSQL", &"PRESSROOM_TEST_POSTGRES names none");
    }
    server
}

/// A schema of a world's own on a shared server; it goes with the world.
pub struct Schema {
    server: String,
    name: String,
}

impl Schema {
    /// An empty one where this thread's worlds are to have one.
    pub fn of_thread() -> Option<Self> {
        SERVER.with_borrow(|server| server.as_deref().map(Self::new))
    }

    /// An empty one.
    pub fn new(server: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("world_{}_{number}", std::process::id());
        let schema = Self { server: server.into(), name };
        assert!(psql(server, &format!("CREATE SCHEMA {}", schema.name)));
        schema
    }

    /// Its address, as `store.url` has it.
    pub fn url(&self) -> String {
        let sign = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{sign}options=-c%20search_path%3D{}", self.server, self.name)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        psql(
            &self.server,
            &format!("SET client_min_messages = error; DROP SCHEMA {} CASCADE", self.name),
        );
    }
}

/// How many rows `table` has at `url`.
pub fn rows(url: &str, table: &str) -> u64 {
    let sql = format!("SELECT count(*) FROM {table}");
    let output = Command::new("psql").args(["-qXAtc", &sql, url]).output().unwrap();
    stdout(&output).trim().parse().unwrap()
}

/// Whether the server did what `sql` says.
pub fn psql(server: &str, sql: &str) -> bool {
    let psql = Command::new("psql").args(["-qXv", "ON_ERROR_STOP=1", "-c", sql, server]).status();
    psql.unwrap().success()
}
