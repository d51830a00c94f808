//! The law of the house: which part may import which, and which crate is used behind which door.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom. What stands on the left is above what stands on the right.
const LAW: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "app",
            "clock",
            "config",
            "domain",
            "fetch",
            "jobs",
            "lint",
            "normalize",
            "publish",
            "schedule",
            "summarize",
        ],
    ),
    (
        "app",
        &[
            "clock", "config", "domain", "fetch", "http", "jobs", "llm", "mail", "publish",
            "schedule", "store",
        ],
    ),
    // What an operator says of a source or writes as a template is checked where it is read, as schedules are.
    ("config", &["domain", "normalize", "render", "schedule"]),
    ("schedule", &["domain", "jobs"]),
    // It serves what was published and shows what the store has; every write goes through a job.
    ("http", &["domain", "jobs", "publish", "render", "store"]),
    (
        "jobs",
        &[
            "clock",
            "domain",
            "fetch",
            "lint",
            "llm",
            "mail",
            "normalize",
            "publish",
            "render",
            "store",
            "summarize",
        ],
    ),
    // Stages are pure: they know nouns and nothing else.
    ("normalize", &["domain"]),
    ("summarize", &["domain"]),
    ("lint", &["domain"]),
    ("render", &["domain"]),
    // Edges know nouns, and never one another.
    ("fetch", &["domain"]),
    ("store", &["domain"]),
    ("mail", &["domain"]),
    ("llm", &["domain"]),
    ("publish", &["domain"]),
    ("clock", &[]),
    ("domain", &[]),
    ("lib", &[]),
];

/// Crates that are used behind one door only.
const DOORS: &[(&str, &[&str])] = &[
    ("rss", &["render"]),
    ("atom_syndication", &["render"]),
    ("quick_xml", &["lint"]),
    ("minijinja", &["render"]),
    ("lettre", &["mail"]),
    ("cron", &["schedule"]),
    ("sqlx", &["store"]),
    ("css_inline", &["render"]),
    ("reqwest", &["fetch", "llm", "publish"]),
    ("async_imap", &["mail"]),
    // Rows of a database and letters of a mailbox come as streams.
    ("futures_util", &["jobs", "mail", "store"]),
    ("httpdate", &["fetch"]),
    ("robotxt", &["fetch"]),
    ("argon2", &["domain"]),
    ("axum", &["http"]),
    ("tower_http", &["http"]),
    ("dom_query", &["normalize"]),
    ("dom_smoothie", &["normalize"]),
    ("ammonia", &["normalize"]),
    ("sentencex", &["summarize"]),
    ("toml", &["config"]),
    ("toml_edit", &["config"]),
    ("anyhow", &["app", "cli"]),
];

const PURE: [&str; 5] = ["domain", "normalize", "summarize", "render", "lint"];
const NO_NAMES: [&str; 6] = ["util", "utils", "common", "core", "misc", "helpers"];

/// Every source file: its part of the house, its path, its text without comments and tests.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 30, "the test must see the sources");
    files
        .into_iter()
        .filter(|path| !is_for_tests(path))
        .map(|path| {
            let inside = path.strip_prefix(&root).unwrap();
            let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
            let part = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            (part, inside.to_owned(), text)
        })
        .collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Whether the module that `path` belongs to takes it in for tests only.
fn is_for_tests(path: &Path) -> bool {
    let name = path.file_stem().unwrap().to_string_lossy();
    let parent = fs::read_to_string(path.with_file_name("mod.rs")).unwrap_or_default();
    parent.contains(&format!("#[cfg(test)]\nmod {name};"))
}

/// Lines that the compiler sees outside tests; a test module ends its file.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let shipped = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    shipped.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// The identifiers that follow `prefix` in `line`.
fn after<'l>(line: &'l str, prefix: &'l str) -> impl Iterator<Item = &'l str> {
    line.match_indices(prefix).map(move |(at, _)| {
        let rest = &line[at + prefix.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn imports_run_one_way() {
    let law: BTreeMap<_, _> = LAW.iter().copied().collect();
    for (part, path, text) in sources() {
        let allowed = law.get(part.as_str()).unwrap_or_else(|| {
            panic!("{}: a new part of the house; give it its place in the law", path.display())
        });
        for line in code(&text) {
            assert!(!line.contains("crate::{"), "{}: one import a part: {line}", path.display());
            let named = after(line, "crate::").chain(after(line, "pressroom::"));
            for target in named.filter(|t| law.contains_key(t) && *t != part) {
                let fits = allowed.contains(&target);
                assert!(fits, "{}: {part} may not import {target}: {line}", path.display());
            }
        }
    }
}

#[test]
fn the_law_itself_has_no_circle() {
    let law: BTreeMap<_, _> = LAW.iter().copied().collect();
    for &(part, _) in LAW {
        walk(part, &law, &mut Vec::new());
    }
}

fn walk<'l>(part: &'l str, law: &BTreeMap<&'l str, &'l [&'l str]>, above: &mut Vec<&'l str>) {
    assert!(!above.contains(&part), "a circle: {above:?} → {part}");
    above.push(part);
    for below in law.get(part).copied().unwrap_or_default() {
        walk(below, law, above);
    }
    above.pop();
}

#[test]
fn crates_are_used_behind_their_doors() {
    for (part, path, text) in sources() {
        for line in code(&text) {
            for &(name, doors) in DOORS {
                let uses = after_word(line, name) && !doors.contains(&part.as_str());
                assert!(!uses, "{}: {name} belongs to {doors:?}: {line}", path.display());
            }
        }
    }
}

/// Whether `line` has `name::` as a crate, not as the end of another word or path.
fn after_word(line: &str, name: &str) -> bool {
    line.match_indices(&format!("{name}::"))
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

#[test]
fn stages_and_nouns_are_pure() {
    for (part, path, text) in sources().into_iter().filter(|(p, ..)| PURE.contains(&p.as_str())) {
        for line in code(&text) {
            for impure in ["async ", ".await", "std::fs", "std::net", "tokio::", "::now()"] {
                assert!(!line.contains(impure), "{}: {part} is pure: {line}", path.display());
            }
        }
    }
}

#[test]
fn only_the_configuration_reads_the_environment() {
    for (part, path, text) in sources().into_iter().filter(|(part, ..)| part != "config") {
        let reads = code(&text).find(|line| line.contains("env::var"));
        assert!(reads.is_none(), "{}: {part} reads the environment: {reads:?}", path.display());
    }
}

#[test]
fn every_file_says_its_duty_first() {
    for (_, path, text) in sources() {
        assert!(text.starts_with("//! "), "{} has no first line", path.display());
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let named_so = path.iter().any(|part| NO_NAMES.contains(&&*part.to_string_lossy()))
            || NO_NAMES.contains(&name.as_str());
        assert!(!named_so, "{}: the name says nothing", path.display());
    }
}

#[test]
fn nothing_unfinished_is_left_in_the_tree() {
    for (_, path, text) in sources() {
        for mark in ["todo!", "unimplemented!", "dbg!", "TODO", "FIXME", "XXX"] {
            assert!(!text.contains(mark), "{} holds {mark}", path.display());
        }
    }
}

#[test]
fn the_law_notices_a_breach() {
    let line = "use crate::store::Store;";
    assert_eq!(after(line, "crate::").collect::<Vec<_>>(), ["store"]);
    assert!(after_word("use rss::Channel;", "rss"));
    assert!(!after_word("let x = render::rss::write();", "rss"));
}
