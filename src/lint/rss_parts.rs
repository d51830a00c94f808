//! RSS: what stands in a channel and has parts of its own.

use std::collections::HashSet;

use super::check::Check;
use super::kinds::Kind;
use super::names::Ns;
use super::rss_feed::{extension, undefined};
use super::rules::Rule;
use super::values;

pub(super) fn image(check: &mut Check<'_, '_>, index: usize) {
    check.no_text(index);
    if check.element(index).attribute_in(Ns::Rdf, "resource").is_some() {
        return;
    }
    let core = check.element(index).ns;
    let parent = check.element(index).parent;
    if check.children(parent, core, "image").next() != Some(index) {
        // A second one is found already.
        return;
    }
    for (name, rule) in
        [("title", Rule::MissingTitle), ("url", Rule::MissingElement), ("link", Rule::MissingLink)]
    {
        if !check.has(index, core, name) {
            check.found(rule, index, format!("the image has no {name}"));
        }
    }
    check.once(index, |ns, _| ns != core);
    for child in check.element(index).children.iter().copied() {
        let element = check.element(child);
        match element.name {
            _ if element.ns != core => extension(check, child),
            "title" => same_as_channel(check, index, child, Rule::ImageTitleDoesntMatch),
            "link" => same_as_channel(check, index, child, Rule::ImageLinkDoesntMatch),
            "url" => image_url(check, child),
            "width" => size(check, child, 144, Rule::InvalidWidth),
            "height" => size(check, child, 400, Rule::InvalidHeight),
            "description" => check.leaf(child, Kind::Plain),
            _ => undefined(check, child),
        }
    }
}

/// RSS 2.0: "in practice the image title and link should have the same value as the channel's".
fn same_as_channel(check: &mut Check<'_, '_>, image: usize, child: usize, rule: Rule) {
    let element = check.element(child);
    let kind = if element.name == "link" { Kind::Address } else { Kind::PlainNonBlank };
    check.leaf(child, kind);
    let parent = check.element(image).parent;
    let own = check.children(parent, element.ns, element.name).next();
    if own.is_some_and(|own| check.element(own).text.trim() != element.text.trim()) {
        check.found(rule, child, "the channel has another");
    }
}

fn image_url(check: &mut Check<'_, '_>, index: usize) {
    check.leaf(index, Kind::Address);
    let path = check.element(index).text.trim().to_ascii_lowercase();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let wrong = name.rsplit_once('.').is_some_and(|(_, extension)| {
        ["svg", "ico", "bmp", "tif", "tiff", "webp", "swf"].contains(&extension)
    });
    if wrong {
        check.found(Rule::ImageUrlFormat, index, path.to_owned());
    }
}

fn size(check: &mut Check<'_, '_>, index: usize, most: i64, rule: Rule) {
    check.no_elements(index);
    let text = check.element(index).text.trim();
    if !values::integer(text).is_some_and(|n| (1..=most).contains(&n)) {
        check.found(rule, index, format!("\"{text}\", expected 1 to {most}"));
    }
}

pub(super) fn text_input(check: &mut Check<'_, '_>, index: usize) {
    check.no_text(index);
    if check.element(index).attribute_in(Ns::Rdf, "resource").is_some() {
        return;
    }
    if check.is_rss2 {
        check.found(Rule::AvoidTextInput, index, "most readers ignore it");
    }
    let core = check.element(index).ns;
    for (name, rule) in [
        ("title", Rule::MissingTitle),
        ("link", Rule::MissingLink),
        ("description", Rule::MissingDescription),
        ("name", Rule::MissingElement),
    ] {
        if !check.has(index, core, name) {
            check.found(rule, index, format!("the input has no {name}"));
        }
    }
    check.once(index, |ns, _| ns != core);
    for child in check.element(index).children.iter().copied() {
        let element = check.element(child);
        match element.name {
            _ if element.ns != core => extension(check, child),
            "title" => check.leaf(child, Kind::Plain),
            "description" => check.leaf(child, Kind::Text),
            "link" => check.leaf(child, Kind::Address),
            "name" => form_name(check, child),
            _ => undefined(check, child),
        }
    }
}

fn form_name(check: &mut Check<'_, '_>, index: usize) {
    check.no_elements(index);
    let name = check.element(index).text.trim();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        check.found(Rule::InvalidFormComponentName, index, format!("\"{name}\""));
    }
}

pub(super) fn skip_hours(check: &mut Check<'_, '_>, index: usize) {
    let mut seen = HashSet::new();
    members(check, index, "hour", (24, Rule::NotEnoughHoursInTheDay), |check, child| {
        let text = check.element(child).text.trim();
        match values::integer(text) {
            Some(hour) if !seen.insert(hour % 24) => {
                check.found(Rule::DuplicateValue, child, format!("hour {hour} again"));
            }
            Some(24) => check.found(Rule::UseZeroForMidnight, child, "24"),
            Some(0..=23) => {}
            _ => check.found(Rule::InvalidHour, child, format!("\"{text}\", expected 0 to 23")),
        }
    });
}

pub(super) fn skip_days(check: &mut Check<'_, '_>, index: usize) {
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let mut seen = HashSet::new();
    members(check, index, "day", (7, Rule::EightDaysAWeek), |check, child| {
        let text = check.element(child).text.trim();
        if !days.contains(&text) {
            check.found(Rule::InvalidDay, child, format!("\"{text}\""));
        } else if !seen.insert(text) {
            check.found(Rule::DuplicateValue, child, format!("{text} again"));
        }
    });
}

/// Elements that hold at most so many of one kind, and at least one.
fn members<'c, 'a>(
    check: &mut Check<'c, 'a>,
    index: usize,
    name: &str,
    (most, rule): (usize, Rule),
    mut each: impl FnMut(&mut Check<'c, 'a>, usize),
) {
    check.no_text(index);
    let children = &check.element(index).children;
    if !check.has(index, Ns::None, name) {
        check.found(Rule::MissingElement, index, format!("there is no {name}"));
    }
    if children.len() > most {
        check.found(rule, index, format!("more than {most}"));
    }
    for child in children {
        if check.element(*child).name == name {
            check.no_elements(*child);
            each(check, *child);
        } else {
            undefined(check, *child);
        }
    }
}
