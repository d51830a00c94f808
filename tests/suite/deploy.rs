//! What goes onto a server: the unit, the container, the proxies and their page say what is so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::world::{pressroom, stderr, stdout, tool_is_missing};

fn deploy(name: &str) -> String {
    fs::read_to_string(root().join("config/deploy").join(name)).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Runs a tool on a file of its own with `content`; `None` where there is no such tool.
fn tool(command: &mut Command) -> Option<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.output().inspect_err(|error| tool_is_missing(&name, error)).ok()
}

/// The values of `key` in the unit.
fn values(key: &str) -> Vec<String> {
    let unit = deploy("pressroom.service");
    unit.lines().filter_map(|line| line.strip_prefix(&format!("{key}="))).map(Into::into).collect()
}

#[test]
fn systemd_knows_every_key_of_the_unit_and_finds_little_exposed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pressroom.service");
    let here = deploy("pressroom.service").replace("/usr/local/bin/pressroom", "/bin/true");
    fs::write(&path, here).unwrap();
    let Some(verified) = tool(Command::new("systemd-analyze").arg("verify").arg(&path)) else {
        return;
    };
    let said = stderr(&verified);
    assert!(!said.contains("Unknown") && !said.contains("Failed to parse"), "{said}");
    let threshold = ["security", "--offline=true", "--no-pager", "--threshold=15"];
    let judged = tool(Command::new("systemd-analyze").args(threshold).arg(&path)).unwrap();
    assert!(judged.status.success(), "more is exposed than 1.5: {}", stdout(&judged));
}

#[test]
fn the_unit_starts_a_command_that_exists_and_waits_long_enough() {
    let start = values("ExecStart").remove(0);
    let arguments: Vec<&str> = start.split(' ').skip(1).collect();
    let help = pressroom(&[&arguments[..], &["--help"]].concat());
    assert!(help.status.success(), "{start}: {}", stderr(&help));
    let seconds = |key: &str| values(key)[0].parse::<u64>().unwrap();
    assert!(seconds("TimeoutStopSec") > 30, "daemon.grace_seconds is 30 unless given");
    assert!(seconds("WatchdogSec") > 60, "the loop turns every half minute");
    assert_eq!(values("Type"), ["notify"]);
}

#[test]
fn the_container_is_built_from_files_that_are_there() {
    let file = deploy("Containerfile");
    let context = tempfile::tempdir().unwrap();
    for line in file.lines().filter_map(|line| line.strip_prefix("COPY ")) {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let target = words.pop().unwrap();
        if words[0].starts_with("--from") {
            continue;
        }
        for source in words.into_iter().map(|source| root().join(source)) {
            assert!(source.exists(), "{}", source.display());
            if !target.starts_with('/') {
                let beside = context.path().join(target);
                let copied = Command::new("cp").arg("-r").arg(&source).arg(beside).status();
                assert!(copied.unwrap().success(), "{}", source.display());
            }
        }
    }
    // cargo takes them for a whole package, and the crates are there, since this was built from them.
    let machine = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let fetched = Command::new("cargo")
        .args(["fetch", "--locked", "--offline", "--target", &machine])
        .current_dir(context.path())
        .output()
        .unwrap();
    assert!(fetched.status.success(), "{}", stderr(&fetched));
    // What is compiled in must be among what is copied.
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(!manifest.contains("\nbuild = "), "a build script would have to be copied");
    let entry = file.lines().find_map(|line| line.strip_prefix("ENTRYPOINT ")).unwrap();
    let entry: Vec<String> = serde_json::from_str(entry).unwrap();
    assert!(file.contains(&format!(" {}\n", entry[0])), "the program is copied to where it is run");
    let command = file.lines().find_map(|line| line.strip_prefix("CMD ")).unwrap();
    let command: Vec<String> = serde_json::from_str(command).unwrap();
    let arguments = entry[1..].iter().chain(&command).map(String::as_str);
    let help = pressroom(&arguments.chain(["--help"]).collect::<Vec<_>>());
    assert!(help.status.success(), "{}", stderr(&help));
}

#[test]
fn nginx_reads_its_example_and_both_proxies_keep_what_is_for_watchers() {
    for name in ["nginx.conf", "Caddyfile"] {
        let text = deploy(name);
        for path in ["metrics", "healthz", "readyz"] {
            assert!(text.contains(path), "{name} lets {path} out");
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path().display();
    // Without certificates and ports of its own; all else as it stands.
    let lines: Vec<String> = deploy("nginx.conf")
        .lines()
        .filter(|line| !line.contains(" ssl_") && !line.contains("[::]"))
        .map(|line| line.replace("listen 443 ssl http2", &format!("listen unix:{here}/443")))
        .map(|line| line.replace("listen 80", &format!("listen unix:{here}/80")))
        .collect();
    let whole = format!(
        "pid {here}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{}\n}}\n",
        lines.join("\n")
    );
    let path = directory.path().join("nginx.conf");
    fs::write(&path, whole).unwrap();
    let nginx = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
    let Some(read) = tool(Command::new(nginx).arg("-t").arg("-c").arg(&path)) else { return };
    assert!(read.status.success(), "{}", stderr(&read));
}

#[test]
fn every_command_and_figure_that_the_page_names_exists() {
    let page = deploy("README.md");
    let mut commands = 0;
    for (at, _) in page.match_indices("pressroom ") {
        let line = page[at..].split(['\n', '`']).next().unwrap();
        let mut words = line.split(' ').skip(1).peekable();
        while words.peek().is_some_and(|word| word.starts_with("--")) {
            words.nth(1);
        }
        let Some(command) = words.next().map(|word| word.trim_end_matches([',', ':', ';', '.']))
        else {
            continue;
        };
        let is_command =
            ["check", "daemon", "backup", "restore", "source", "run"].contains(&command);
        if is_command {
            let help = pressroom(&[command, "--help"]);
            assert!(help.status.success(), "{line}: {}", stderr(&help));
            commands += 1;
        }
    }
    assert!(commands >= 5, "{commands} commands");
    let figures = fs::read_to_string(root().join("src/http/health.rs")).unwrap();
    for (text, name) in [(&page, "README.md"), (&deploy("alerts.yml"), "alerts.yml")] {
        for (at, _) in text.match_indices("pressroom_") {
            let rest = &text[at + "pressroom_".len()..];
            let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap();
            let figure = &rest[..end];
            assert!(figures.contains(&format!("\"{figure}\"")), "{name} names {figure}");
        }
    }
    for (at, _) in page.match_indices("](") {
        let target = page[at + 2..].split(')').next().unwrap();
        assert!(root().join("config/deploy").join(target).exists(), "{target}");
    }
}
