//! An Edition in which everything that a template may name is there: templates are tried on it before they are used.

use crate::domain::Locale;

use super::view::{
    BriefView, GroupView, ImageView, LeftOutView, LinkView, RelatedView, SectionView, View,
};

pub(super) fn view() -> View {
    let text = || "sample".to_owned();
    let url = || Some("https://example.org/".to_owned());
    let brief = || BriefView {
        anchor: text(),
        language: Some(text()),
        headline: text(),
        url: url(),
        origin: Some(text()),
        updated: Some("sample"),
        image: Some(ImageView { url: text(), alt: text() }),
        summary: Some(text()),
        sections: vec![SectionView {
            anchor: text(),
            heading: Some(text()),
            url: url(),
            summary: text(),
        }],
        more_sections: Some(text()),
        also_heading: "sample",
        also: vec![LinkView { name: text(), url: url() }],
        related_heading: "sample",
        related: vec![RelatedView { title: text(), url: url(), date: Some(text()) }],
    };
    let group = || GroupView { heading: text(), briefs: vec![brief()] };
    View {
        locale: Locale::English,
        language: text(),
        title: text(),
        date: text(),
        day: text(),
        count: text(),
        articles: 3,
        top: text(),
        others: 2,
        preheader: text(),
        has_headings: true,
        groups: vec![group(), group()],
        nothing_new: "sample",
        more: Some(text()),
        web: url(),
        web_words: "sample",
        left_out: vec![LeftOutView { headline: text(), url: url() }],
        left_out_heading: "sample",
        why: text(),
        manage: text(),
        manage_words: "sample",
        leave: text(),
        leave_words: "sample",
        home: text(),
        site: text(),
    }
}
