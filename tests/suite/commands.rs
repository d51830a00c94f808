//! The commands, as a person types them.

use std::fs;

use serde_json::Value;

use crate::world::{World, page, pressroom, prose, stderr, stdout};

fn world() -> World {
    World::new().with_article("pier.html", page("The New Pier", &prose("pier")))
}

#[test]
fn run_says_what_it_did_and_where() {
    let world = world();
    let output = world.command(&["run"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    for words in [
        "1 article new",
        "all.rss  1 article, written",
        "morning (daily): 1 article to 1 address",
        "mail     morning to operator@press.example, sent: ",
    ] {
        assert!(said.contains(words), "{words} in\n{said}");
    }
    assert!(
        stderr(&output).is_empty(),
        "no progress bar where there is no terminal: {}",
        stderr(&output)
    );
}

#[test]
fn a_failure_is_named_and_makes_the_exit_code_one() {
    let world = world().with_article("empty.html", "");
    let output = world.command(&["run"]);
    assert_eq!(output.status.code(), Some(1));
    let said = stdout(&output);
    assert!(said.contains("failed   source articles: articles/empty.html: "), "{said}");
    assert!(said.contains("1 article new"), "the rest went on: {said}");
}

#[test]
fn a_wrong_configuration_or_command_line_is_exit_code_two() {
    let world = World::new().with("[[feed]]\nname = \"X\"\ntitle = \"x\"");
    let output = world.command(&["check"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert_eq!(pressroom(&["--config", "/nowhere.toml", "check"]).status.code(), Some(2));
    assert_eq!(pressroom(&["frobnicate"]).status.code(), Some(2));
    assert_eq!(pressroom(&["normalize", "x", "--fetched-at", "today"]).status.code(), Some(2));
    assert_eq!(world_run_only("nothing"), Some(2));
}

fn world_run_only(name: &str) -> Option<i32> {
    world().command(&["run", "--only", name]).status.code()
}

#[test]
fn check_shows_the_next_slots_in_their_zone() {
    let output = world().command(&["check", "--next", "2"]);
    let said = stdout(&output);
    let schedule = said.split("\n\n").find(|part| part.starts_with("digest/morning/daily"));
    let lines: Vec<&str> = schedule.unwrap_or_default().lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert_eq!(lines[0], "digest/morning/daily  0 7 * * *  Asia/Shanghai");
    assert!(lines[1..].iter().all(|line| line.ends_with(" 07:00:00 +08:00")), "{said}");
}

#[test]
fn normalize_reads_directories_and_keeps_their_order() {
    let world = world()
        .with_article(
            "a.md",
            "---\ntitle: Notes\n---\n\nFirst paragraph of the notes, which says enough to stand.\n",
        )
        .with_article("broken.html", "")
        .with_article("ignored.bin", "x");
    let output = pressroom(&["normalize", world.path("articles").to_str().unwrap()]);
    let lines: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["title"], "Notes");
    assert_eq!(lines[1]["error"]["kind"], "empty");
    assert_eq!(lines[2]["title"], "The New Pier");
    assert_eq!(output.status.code(), Some(1), "one failed");
    assert!(stderr(&output).contains("broken.html: "));
}

#[test]
fn bulk_keeps_given_ids_and_input_order() {
    let world = World::new();
    let input = world.path("in.jsonl");
    let line = |id: &str, subject: &str| {
        serde_json::json!({"id": id, "html": page(subject, &prose(subject))}).to_string()
    };
    let lines = [line("b", "pier"), "not json".into(), line("a", "tower"), "{\"id\":\"c\"}".into()];
    fs::write(&input, lines.join("\n")).unwrap();
    let output = pressroom(&["normalize", "--jsonl", input.to_str().unwrap(), "--jobs", "3"]);
    let found: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let references: Vec<_> = found.iter().map(|value| value["ref"].as_str().unwrap()).collect();
    assert_eq!((references[0], references[2]), ("b", "a"));
    assert!(references[1].ends_with("in.jsonl:2"), "{references:?}");
    assert!(found[3]["error"]["message"].as_str().unwrap().contains("none of"));
}

#[test]
fn what_normalize_prints_summarize_reads() {
    let world = world();
    let normalized = pressroom(&["normalize", world.path("articles").to_str().unwrap()]);
    let file = world.path("normalized.jsonl");
    fs::write(&file, &normalized.stdout).unwrap();
    let output = pressroom(&["summarize", "--jsonl", file.to_str().unwrap(), "--budget", "40"]);
    let line: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let summary = line["summary"].as_str().unwrap();
    assert!(summary.ends_with(['.', '…']) && summary.split(' ').count() <= 40, "{summary}");
    assert!(line["id"].as_str().unwrap().starts_with("urn:uuid:"));
}

#[test]
fn the_other_formats_are_for_people() {
    let world = world();
    let path = world.path("articles/pier.html");
    let printed = |format: &str| {
        stdout(&pressroom(&["normalize", path.to_str().unwrap(), "--format", format]))
    };
    assert!(printed("markdown").starts_with("# The New Pier\n\nThe pier was opened"));
    assert!(printed("text").starts_with("The pier was opened"));
    assert!(printed("html").contains("<p>The pier was opened"));
}

#[test]
fn preview_changes_nothing() {
    let world = world();
    let refused = world.command(&["preview", "morning"]);
    assert!(stderr(&refused).contains("there is no store"), "{}", stderr(&refused));
    assert!(!world.path("press.db").exists());

    world.command(&["run", "--only", "articles"]);
    let before = fs::read(world.path("press.db")).unwrap();
    let out = world.path("look");
    let output = world.command(&["preview", "morning", "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for extension in ["eml", "html", "txt"] {
        let text = fs::read(out.join(format!("morning.{extension}"))).unwrap();
        assert!(!text.is_empty());
    }
    assert!(fs::read_to_string(out.join("morning.txt")).unwrap().contains("The New Pier"));
    assert_eq!(fs::read(world.path("press.db")).unwrap(), before);
    assert!(world.mails().is_empty());
    assert!(stdout(&world.command(&["run"])).contains("1 article to 1 address"), "it is still due");
}

#[test]
fn explain_shows_the_rules_and_what_the_operator_placed_for_a_source() {
    let page = page("The New Pier", &format!("<h2 class=big>The Old Pier</h2>{}", prose("pier")));
    let world = World::new().with_article("pier.html", page).with(
        "[[source]]\nname = \"placed\"\nkind = \"files\"\npaths = [\"none/*.html\"]\n[source.fields]\ntitle = { css = \"h2.big\" }",
    );
    let file = world.path("articles").join("pier.html");
    let file = file.to_str().unwrap();
    let plain = world.command(&["explain", file]);
    let said = stdout(&plain);
    assert!(said.starts_with("title        The New Pier\n"), "{said}{}", stderr(&plain));
    assert!(said.contains(" chosen\n"), "{said}");
    let placed = world.command(&["explain", file, "--source", "placed", "--format", "json"]);
    let told: Value = serde_json::from_str(&stdout(&placed)).unwrap();
    assert_eq!(told["fields"][0]["value"], "The Old Pier");
    assert_eq!(told["fields"][0]["from"], "your rule: css h2.big");
    assert!(
        told["fields"][0]["over"].as_array().unwrap().iter().any(|o| o["value"] == "The New Pier")
    );
    assert_eq!(world.command(&["explain", file, "--source", "x"]).status.code(), Some(2));
}

#[test]
fn a_field_that_the_operator_placed_is_what_a_pass_publishes() {
    let world = World::new().with(
        "[[source]]\nname = \"placed\"\nkind = \"files\"\npaths = [\"placed/*.html\"]\n[source.fields]\ntitle = { regex = \"<h2[^>]*>([^<]+)\" }",
    );
    fs::create_dir(world.path("placed")).unwrap();
    let page = page("The New Pier", &format!("<h2 class=big>The Old Pier</h2>{}", prose("pier")));
    fs::write(world.path("placed").join("pier.html"), page).unwrap();
    let output = world.command(&["run"]);
    let feed = fs::read_to_string(world.path("feeds").join("all.rss")).unwrap_or_default();
    assert!(feed.contains("<title>The Old Pier</title>"), "{}{feed}", stderr(&output));
}
