//! What this program is measured beside: the disk, Postfix's own programs, nodemailer.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::BYTES;

/// What one writer that waits for the disk each time can do.
pub fn syncs(directory: &Path) -> f64 {
    let mut file = File::create(directory.join("syncs")).unwrap();
    let begin = Instant::now();
    for _ in 0..300 {
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
    }
    300.0 / begin.elapsed().as_secs_f64()
}

/// `smtp-sink` on a port of its own; it goes with its handle.
pub struct Sink {
    child: Child,
    pub port: u16,
}

impl Sink {
    pub fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut sink = Command::new("smtp-sink");
        // As root it wants to be told whom to become.
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            sink.args(["-u", "nobody"]);
        }
        let sink = sink.args([&format!("127.0.0.1:{port}"), "1000"]).spawn();
        let mut child = sink.expect("smtp-sink comes with Postfix");
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "smtp-sink does not start");
            std::thread::yield_now();
        }
        Self { child, port }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

pub fn smtp_source(sink: &Sink, connections: usize, count: usize) -> f64 {
    let begin = Instant::now();
    let status = Command::new("smtp-source")
        .args(["-d", "-s", &connections.to_string(), "-m", &count.to_string()])
        .args(["-l", &BYTES.to_string(), "-f", "a@press.example", "-t", "b@example.org"])
        .arg(format!("127.0.0.1:{}", sink.port))
        .status();
    assert!(status.unwrap().success());
    count as f64 / begin.elapsed().as_secs_f64()
}

/// Whether npm brought it.
pub fn nodemailer(directory: &Path) -> bool {
    let install = ["install", "--silent", "--no-audit", "--no-fund", "nodemailer"];
    let mut npm = Command::new("npm");
    npm.args(install).current_dir(directory).stdout(Stdio::null());
    npm.status().is_ok_and(|status| status.success())
}

const NODE: &str = r#"
const [port, connections, count, bytes] = process.argv.slice(1).map(Number);
const pool = require("nodemailer").createTransport({
  host: "127.0.0.1", port, secure: false, ignoreTLS: true, pool: true,
  maxConnections: connections, maxMessages: Infinity,
});
const text = "A sentence about ferries, and another one. ".repeat(bytes / 7 / 43);
const html = "<p>A sentence about ferries, and another one.</p>\n".repeat(bytes * 6 / 7 / 50);
const begin = process.hrtime.bigint();
const send = (n) => pool.sendMail({
  from: "digest@press.example", to: `reader${n}@example.org`, subject: "Morning", text, html,
  headers: { "List-Unsubscribe": "<https://press.example/unsubscribe/x>" },
});
(async () => {
  let next = 0;
  const lane = async () => { while (next < count) await send(next++); };
  await Promise.all(Array.from({ length: connections * 2 }, lane));
  console.log(count / (Number(process.hrtime.bigint() - begin) / 1e9));
  pool.close();
})();
"#;

/// Without signatures, which speaks for it.
pub fn with_nodemailer(directory: &Path, sink: &Sink, connections: usize, count: usize) -> f64 {
    let output = Command::new("node")
        .current_dir(directory)
        .args(["-e", NODE, "--"])
        .args([usize::from(sink.port), connections, count, BYTES].map(|n| n.to_string()))
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}
