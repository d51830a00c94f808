//! What the measurements of whole passes share: a process of its own that serves, what a process costs, and the environment
//! that the unit of systemd gives.

#![allow(dead_code, reason = "no bench needs all of it")]

use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// CPU seconds of a process, and of those of its children that have ended.
pub struct Cpu {
    pub own: f64,
    pub children: f64,
}

/// What this process has used so far; proc(5): clock ticks, of which Linux shows 100 a second.
pub fn cpu() -> Cpu {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks: Vec<f64> =
        fields.split(' ').skip(11).take(4).map(|field| field.parse().unwrap()).collect();
    Cpu { own: (ticks[0] + ticks[1]) / 100.0, children: (ticks[2] + ticks[3]) / 100.0 }
}

/// Kilobytes that a process holds (`VmRSS`), or has held at most (`VmHWM`); none where it has ended.
pub fn memory(process: &str, what: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(what))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Names and values of the environment in which the daemon is run.
pub fn environment() -> Vec<(String, String)> {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/deploy/pressroom.service");
    let unit = fs::read_to_string(unit).unwrap();
    let variables = unit.lines().filter_map(|line| line.strip_prefix("Environment="));
    let pairs =
        variables.flat_map(|line| line.split(' ')).map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A process of its own that serves, so that its work is in no figure: this program once more, with `--serve`.
pub struct Servers {
    child: Child,
    pub port: u16,
}

impl Servers {
    pub fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let command = command.arg("--serve").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { child, port: port.trim().parse().unwrap() }
    }

    /// Tells them something by a path, and what they say to it.
    pub fn tell(&self, what: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET /{what} HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a client wants.
pub struct Request {
    /// Without the slash that begins it.
    pub path: String,
    /// The entity tag it has, or nothing.
    pub etag: String,
}

/// Serves for ever, at every address of this machine; a connection ends where `answer` gives none.
pub fn serve(answer: fn(&mut TcpStream, &Request) -> Option<()>) {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    for stream in listener.incoming() {
        std::thread::spawn(move || {
            let mut stream = stream.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while let Some(request) = request(&mut reader) {
                if answer(&mut stream, &request).is_none() {
                    return;
                }
            }
        });
    }
}

fn request(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let mut request = Request { path, etag: String::new() };
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.trim().is_empty() {
            return Some(request);
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("if-none-match: ") {
            value.trim().clone_into(&mut request.etag);
        }
    }
}
