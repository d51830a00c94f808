//! A digest's archive: the list of its Editions, and one Edition with what came before and after it.

use chrono_tz::Tz;
use serde::Serialize;

use super::super::{RenderError, guard, wording};
use super::feed::{FormatView, formats};
use super::{Frame, rendered};
use crate::domain::{Digest, edition_name};

/// One Edition in a list.
#[derive(Debug, Clone)]
pub struct ListedEdition<'a> {
    /// Its cadence.
    pub cadence: &'a str,
    /// When it was due.
    pub slot: chrono::DateTime<chrono::Utc>,
    /// What its mail was called.
    pub subject: &'a str,
    /// How many articles it holds.
    pub briefs: usize,
}

#[derive(Serialize)]
struct ListView {
    title: String,
    subscribe: String,
    formats: Vec<FormatView>,
    editions: Vec<EditionView>,
    older: Option<String>,
}

#[derive(Serialize)]
struct EditionView {
    page: String,
    subject: String,
    date: String,
    count: String,
}

#[derive(Serialize)]
struct PageView<'a> {
    title: String,
    subject: &'a str,
    archive: String,
    language: String,
    formats: Vec<FormatView>,
    /// Written by pressroom's own templates.
    html: &'a str,
    older: Option<EditionView>,
    newer: Option<EditionView>,
}

/// Writes the list; `older` is the query that shows what came before it.
pub fn archive(
    frame: &Frame<'_>,
    digest: &Digest,
    zone: Tz,
    editions: &[ListedEdition<'_>],
    older: Option<&str>,
) -> Result<String, RenderError> {
    let view = ListView {
        title: guard::line(&digest.title),
        subscribe: format!("{}digests/{}/subscribe", frame.base(), digest.id),
        formats: formats(&digest.feed(), frame.site),
        editions: editions.iter().map(|listed| edition_view(frame, digest, zone, listed)).collect(),
        older: older.map(|query| format!("{}digests/{}?{query}", frame.base(), digest.id)),
    };
    rendered("archive.html.j2", frame, view)
}

/// Writes the page of one Edition around its web copy.
pub fn edition(
    frame: &Frame<'_>,
    digest: &Digest,
    zone: Tz,
    web: &str,
    subject: &str,
    neighbours: (Option<&ListedEdition<'_>>, Option<&ListedEdition<'_>>),
) -> Result<String, RenderError> {
    let neighbour = |listed: Option<&ListedEdition<'_>>| {
        listed.map(|listed| edition_view(frame, digest, zone, listed))
    };
    let view = PageView {
        title: guard::line(&digest.title),
        subject,
        archive: format!("{}digests/{}", frame.base(), digest.id),
        language: digest.language.to_string(),
        formats: formats(&digest.feed(), frame.site),
        html: web,
        older: neighbour(neighbours.0),
        newer: neighbour(neighbours.1),
    };
    rendered("edition_page.html.j2", frame, view)
}

fn edition_view(
    frame: &Frame<'_>,
    digest: &Digest,
    zone: Tz,
    listed: &ListedEdition<'_>,
) -> EditionView {
    let name = edition_name(listed.slot, listed.cadence);
    EditionView {
        page: format!("{}digests/{}/{name}", frame.base(), digest.id),
        subject: guard::line(listed.subject),
        date: wording::long_date(&listed.slot.with_timezone(&zone), frame.locale),
        count: wording::article_count(listed.briefs, frame.locale),
    }
}
