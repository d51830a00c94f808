//! Who receives what.

use serde::Serialize;

use super::super::super::{RenderError, guard};
use super::DeskFrame;
use crate::domain::{Digest, Subscriber};

#[derive(Serialize)]
struct View {
    digests: Vec<DigestView>,
    digest: Option<String>,
    readers: Vec<ReaderView>,
    further: Option<String>,
}

#[derive(Serialize)]
struct DigestView {
    id: String,
    title: String,
    is_shown: bool,
}

#[derive(Serialize)]
struct ReaderView {
    address: String,
    state: &'static str,
    choices: String,
}

/// Writes the readers of `shown`, one of `digests`; `is_more` where others follow.
pub fn readers<'d>(
    desk: &DeskFrame<'_>,
    digests: impl Iterator<Item = &'d Digest>,
    shown: Option<&Digest>,
    readers: &[Subscriber],
    is_more: bool,
) -> Result<String, RenderError> {
    let view = View {
        digests: digests
            .map(|digest| DigestView {
                id: digest.id.to_string(),
                title: guard::line(&digest.title),
                is_shown: shown.is_some_and(|shown| shown.id == digest.id),
            })
            .collect(),
        digest: shown.map(|digest| digest.id.to_string()),
        readers: readers.iter().map(reader).collect(),
        further: readers.last().filter(|_| is_more).map(further),
    };
    desk.rendered("readers.html.j2", view)
}

fn further(last: &Subscriber) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("digest", last.digest.as_str());
    query.append_pair("after", last.address.as_str());
    query.finish()
}

fn reader(subscriber: &Subscriber) -> ReaderView {
    let choices = &subscriber.choices;
    let said = [
        choices.cadence.clone(),
        choices.language.as_ref().map(ToString::to_string),
        choices.hour.map(|hour| format!("{hour}:00")),
        choices.zone.map(|zone| zone.name().to_owned()),
        Some(choices.topics.join(", ")).filter(|topics| !topics.is_empty()),
    ];
    ReaderView {
        address: guard::line(subscriber.address.as_str()),
        state: subscriber.state.as_str(),
        choices: guard::line(&said.into_iter().flatten().collect::<Vec<_>>().join(" · ")),
    }
}
