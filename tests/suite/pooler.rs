//! A pooler between the program and PostgreSQL: it works through one that keeps sessions, and says what is wrong with one that
//! does not.

use std::fs;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::world::{World, page, postgres, prose, stderr, stdout, tool_is_missing};

/// A `PgBouncer` before a database of its own.
struct Pooler {
    child: Child,
    server: String,
    database: String,
    port: u16,
    _directory: tempfile::TempDir,
}

impl Pooler {
    fn start(mode: &str) -> Option<Self> {
        let server = postgres()?;
        let database = format!("pooled_{mode}_{}", std::process::id());
        psql(&server, &format!("CREATE DATABASE {database}"));
        let socket = server.split_once("host=").unwrap().1.to_owned();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n{database} = host={socket} user=pressroom\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nauth_type = any\npool_mode = {mode}\nunix_socket_dir =\n\
             ignore_startup_parameters = extra_float_digits\n"
        );
        fs::write(&file, text).unwrap();
        // It refuses to be run by root, and reads its file as whoever it is then.
        Command::new("chmod").args(["-R", "a+rX"]).arg(directory.path()).status().unwrap();
        let is_root = fs::metadata("/proc/self")
            .is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        let mut command = Command::new(if is_root { "setpriv" } else { "pgbouncer" });
        if is_root {
            command.args(["--reuid=nobody", "--clear-groups", "--", "pgbouncer"]);
        }
        let child = command.arg(&file).stderr(Stdio::null()).spawn();
        let child = child.inspect_err(|error| tool_is_missing("pgbouncer", error)).ok()?;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::yield_now();
        }
        Some(Self { child, server, database, port, _directory: directory })
    }

    /// A world whose store is behind it.
    fn world(&self) -> World {
        let (port, database) = (self.port, &self.database);
        World::new()
            .with_place(&format!("url = \"postgres://pressroom@127.0.0.1:{port}/{database}\""))
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        psql(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.database));
    }
}

fn psql(server: &str, sql: &str) {
    let psql = Command::new("psql").args(["-qXv", "ON_ERROR_STOP=1", "-c", sql, server]).status();
    assert!(psql.unwrap().success(), "{sql}");
}

#[test]
fn a_pooler_that_keeps_sessions_serves() {
    let Some(pooler) = Pooler::start("session") else { return };
    let world = pooler.world();
    world.write_article("pier.html", page("The New Pier", &prose("pier")));
    let output = world.command(&["run"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(world.feed("rss").contains("The New Pier"), "{}", stdout(&output));
}

#[test]
fn a_pooler_that_gives_each_transaction_another_session_is_refused_in_a_sentence() {
    let Some(pooler) = Pooler::start("transaction") else { return };
    let world = pooler.world();
    for command in [&["run"][..], &["preview", "morning"]] {
        let output = world.command(command);
        assert!(!output.status.success());
        let said = stderr(&output);
        assert!(
            said.contains("pooler in transaction mode") && said.contains("session mode"),
            "{said}"
        );
    }
}
