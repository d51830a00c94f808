//! Configuration errors and the documented default.

use std::path::Path;

use pressroom::config::{Config, ConfigError};

fn default_text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/pressroom.toml");
    std::fs::read_to_string(path).unwrap()
}

fn load(content: &str) -> Result<Config, ConfigError> {
    let environment = |name: &str| {
        let is_known = name.ends_with("_PASSWORD") || name == "PRESSROOM_MODEL_KEY";
        is_known.then(|| "a secret of ours".to_owned())
    };
    Config::parse(Path::new("pressroom.toml"), content, &environment)
}

/// The default with `from` replaced by `to`.
fn changed(from: &str, to: &str) -> String {
    let text = default_text();
    assert!(text.contains(from), "{from}");
    load(&text.replacen(from, to, 1)).unwrap_err().to_string()
}

/// The default with every optional key switched on, in a form that can be loaded.
fn everything_loadable() -> String {
    // A store has one place, and the desk one password. A file is read at once; any will do until mail is signed with it.
    let text = everything_on().replace("\npath = \"../data/pressroom.db\"\n", "\n");
    let text = text.replace("\npassword_hash_file = \"desk-password\"\n", "\n");
    ["press1.pem", "relay-ca.pem", "imap-ca.pem"]
        .iter()
        .fold(text, |text, file| text.replace(&format!("{file:?}"), "\"Cargo.toml\""))
}

/// The default with every optional key switched on.
fn everything_on() -> String {
    let keys = |line: &str| {
        let bare = line.trim_start_matches("# ");
        let is_key = bare
            .split_once(" = ")
            .is_some_and(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        let on = line.starts_with("# ") && (is_key || bare.starts_with('['));
        if on { bare.to_owned() } else { line.to_owned() }
    };
    default_text().lines().map(|line| keys(line) + "\n").collect()
}

#[test]
fn every_key_is_documented_in_the_default() {
    // A key that is unknown is answered with those that are known: the program's own list.
    let sections = [
        "site",
        "store",
        "publish",
        "http",
        "admin",
        "mail",
        "mail.smtp",
        "[mail.dkim]",
        "mail.bounces",
        "mail.bounces.imap",
        "mail.bounces.hook",
        "fetch",
        "summarize",
        "schedules",
        "[source]",
        "source.fields",
        "source.links",
        "source.filter",
        "[feed]",
        "[digest]",
    ];
    for section in sections {
        let header = format!("[{section}]");
        let text = everything_on();
        let (_, body) = text.split_once(&format!("\n{header}\n")).expect(&header);
        let body = body.split("\n[").next().unwrap();
        let with_unknown = text.replacen(&header, &format!("{header}\nunheard_of = 1"), 1);
        let message = load(&with_unknown).unwrap_err().to_string();
        let known: Vec<&str> =
            message.lines().next().unwrap().split('`').skip(1).step_by(2).collect();
        assert!(known.len() > 1, "{section}: {message}");
        // Tables are not keys; further relays have the keys of the first.
        let tables = [
            "unheard_of",
            "smtp",
            "relay",
            "dkim",
            "bounces",
            "imap",
            "hook",
            "fields",
            "links",
            "filter",
        ];
        for key in known.iter().filter(|key| !tables.contains(*key)) {
            let documented = text.contains(&format!("\n{key} = ")) && {
                body.contains(&format!("{key} = ")) || section.starts_with("[source")
            };
            assert!(documented, "{section}.{key} is not in the default configuration");
        }
    }
}

#[test]
fn the_default_is_right_with_every_optional_key_switched_on() {
    load(&default_text()).unwrap();
    let config = load(&everything_loadable()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.sources.len(), 2);
}

#[test]
fn errors_name_file_line_key_value_and_what_would_be_accepted() {
    let error = changed("ingest = \"*/10 * * * *\"", "ingest = \"0 25 * * *\"");
    let lines: Vec<&str> = error.lines().collect();
    assert!(lines[0].starts_with("pressroom.toml:"), "{error}");
    assert!(
        lines[0].ends_with("schedules.ingest = \"0 25 * * *\": hour \"25\": expected 0 to 23"),
        "{error}"
    );
    assert!(lines[1].ends_with("| ingest = \"0 25 * * *\""), "{error}");
    let at = lines[1].find('"').unwrap();
    assert_eq!(lines[2].find('^'), Some(at), "{error}");
    assert_eq!(lines[2].matches('^').count(), "\"0 25 * * *\"".len());
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for (from, to, words) in [
        ("transport = \"directory\"", "transport = \"pigeon\"", "expected `directory` or `smtp`"),
        (
            "[publish]",
            "[publish]\ndirektory = \"x\"",
            "unknown field `direktory`, expected `directory`",
        ),
        (
            "zone = \"Asia/Shanghai\"",
            "zone = \"Shanghai\"",
            "site.zone = \"Shanghai\": expected an IANA name",
        ),
        (
            "operator = \"operator@pressroom.example\"",
            "operator = \"nobody\"",
            "is not a mail address",
        ),
        ("http://localhost:8080/", "localhost:8080", "begins with http:// or https://"),
        ("name = \"all\"", "name = \"../all\"", "use 1 to 64 lower-case letters"),
        (
            "# sources = [\"samples\"]",
            "sources = [\"sample\"]",
            "there is no such source; there are: samples",
        ),
        (
            "# keywords = [\"lighthouse\", \"灯塔\"]",
            "keywords = [\"lighthouse\", \" \"]",
            "feed.keywords = \" \": expected a word",
        ),
        (
            "# patterns = [\"(?i)ferr(y|ies)\"]",
            "patterns = [\"ferr(y|ies\"]",
            "feed.patterns = \"ferr(y|ies\": expected a regular expression; error: unclosed group",
        ),
        ("# patterns = []", "patterns = [\"[\"]", "digest.patterns = \"[\": expected a regular"),
        ("# max_age_days = 30", "max_age_days = 0", "feed.max_age_days = 0: expected 1 to 36500"),
        ("# max_age_days = 7", "max_age_days = 99999", "digest.max_age_days = 99999: expected 1"),
        ("daily = \"0 7 * * *\"", "daily = \"0 0 30 2 *\"", "never comes"),
        ("cadence = { daily = \"0 7 * * *\" }", "cadence = {}", "digest.cadence is empty"),
        ("# limit = 50", "limit = 0", "feed.limit = 0: expected 1 to 1000"),
        ("kind = \"files\"", "kind = \"page\"", "this source.kind needs url"),
        ("transport = \"directory\"", "transport = \"smtp\"", "needs a [mail.smtp] section"),
        ("transport = \"directory\"", "transport = \"smtp\"", "must be https"),
        (
            "paths = [\"samples/*.html\", \"samples/*.txt\"]",
            "paths = [\"samples/*.html\"]\n[source.fields]\ntitle = { css = \"h1[\" }",
            "source.fields.title.css = \"h1[\": expected a CSS selector",
        ),
        (
            "paths = [\"samples/*.html\", \"samples/*.txt\"]",
            "paths = [\"samples/*.html\"]\n[source.fields]\nauthor = { regex = \"by (\" }",
            "source.fields.author.regex",
        ),
        (
            "paths = [\"samples/*.html\", \"samples/*.txt\"]",
            "paths = [\"samples/*.html\"]\n[source.fields]\nauthor = { css = \"p\", regex = \"x\" }",
            "source.fields.author needs one of css, json (with in) and regex",
        ),
        (
            "paths = [\"samples/*.html\", \"samples/*.txt\"]",
            "paths = [\"samples/*.html\"]\n[source.fields]\nremove = [\"div[\"]",
            "source.fields.remove = \"div[\": expected a CSS selector",
        ),
        ("[store]", "[store", "pressroom.toml:"),
        ("[[feed]]", "[feed]", "write it in double brackets"),
        ("# limit = 50", "limit = -1", "expected a whole number, 0 or more"),
        ("title = \"pressroom samples\"", "title = \" \"", "expected some words on one line"),
        ("path = \"../data/pressroom.db\"", "path = \"\"", "store.path = \"\""),
        ("path = \"../data/pressroom.db\"", "", "store needs path = \"…\" for SQLite or url"),
        (
            "# url = \"postgres://pressroom@",
            "url = \"postgres://pressroom@",
            "store.path and store.url",
        ),
        (
            "path = \"../data/pressroom.db\"",
            "url = \"postgres://me:secret@db.example/press\"",
            "leave the password out",
        ),
        (
            "path = \"../data/pressroom.db\"",
            "url = \"mysql://db.example/press\"",
            "expected postgres://",
        ),
        ("path = \"../data/pressroom.db\"", "url = \"postgres://db.example\"", "no database"),
        ("daily = \"0 7 * * *\"", "\"a/b\" = \"0 7 * * *\"", "\"a/b\" is not a name"),
        (
            "[[feed]]",
            "[[source]]\nname = \"n\"\nkind = \"feed\"\nurl = \"https://me:secret@news.example/\"\n[[feed]]",
            "an address is no place for a password",
        ),
        ("[store]\n", "[stores]\n", "unknown field `stores`"),
        ("zone = \"Asia/Shanghai\"", "", "zone is missing"),
    ] {
        let error = changed(from, to);
        assert!(error.contains(words), "{to}: {error}");
    }
}

#[test]
fn all_problems_are_shown_at_once() {
    let text = default_text()
        .replace("zone = \"Asia/Shanghai\"", "zone = \"Mars\"")
        .replace("deliver = \"* * * * *\"", "deliver = \"often\"");
    let error = load(&text).unwrap_err().to_string();
    assert!(
        error.contains("site.zone = \"Mars\"") && error.contains("schedules.deliver"),
        "{error}"
    );
}

#[test]
fn a_password_is_never_shown() {
    let text = everything_loadable()
        .replace("http://localhost:8080/", "https://press.example/")
        .replace("transport = \"directory\"", "transport = \"smtp\"");
    let config = load(&text).unwrap_or_else(|error| panic!("{error}"));
    assert!(!format!("{config:?}").contains("secret"));

    let store =
        "url = \"postgres://press@db.example/press\"\npassword_env = \"PRESSROOM_SMTP_PASSWORD\"";
    let text = default_text().replace("path = \"../data/pressroom.db\"", store);
    let config = load(&text).unwrap_or_else(|error| panic!("{error}"));
    assert!(!format!("{config:?}").contains("secret"), "{store}");
    let text = text.replace("postgres://press@", "postgres://press:letmein@");
    assert!(
        !load(&text).unwrap_err().to_string().contains("letmein"),
        "the file's line is not shown"
    );
}
