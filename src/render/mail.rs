//! Edition → mail: one view of it, shown by an HTML and a plain-text template. Nothing remote, nothing tracked.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;
use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::domain::{
    Brief, Digest, Edition, Language, Locale, Moment, Precision, RelatedItem, SectionBrief, Site,
    repeats,
};

use super::{RenderError, Rendered, address, guard, templates, wording, wrap};

/// Columns of the Digest's title within a subject, and of the headline; most mail programs show about 80 in all.
const SUBJECT_TITLE: usize = 40;
/// See [`SUBJECT_TITLE`].
const SUBJECT_HEADLINE: usize = 64;
/// Publishers that the preheader names.
const PREHEADER_NAMES: usize = 4;

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = templates::environment();
    templates.add_filter("wrap", |text: &str| wrap::wrap(text, wrap::WIDTH));
    templates.add_filter("bullet", |text: &str| wrap::bullet(text, wrap::WIDTH));
    templates
        .add_template("digest.html.j2", include_str!("templates/digest.html.j2"))
        .expect("the template is compiled in and tested");
    templates
        .add_template("digest.txt.j2", include_str!("templates/digest.txt.j2"))
        .expect("the template is compiled in and tested");
    templates
});

/// What both templates see: texts of one line, addresses checked, dates in words.
#[derive(Serialize)]
struct View {
    language: String,
    title: String,
    date: String,
    count: String,
    preheader: String,
    groups: Vec<GroupView>,
    nothing_new: &'static str,
    why: String,
    home: String,
    site: String,
}

#[derive(Serialize)]
struct GroupView {
    heading: Option<String>,
    briefs: Vec<BriefView>,
}

#[derive(Serialize)]
struct BriefView {
    language: Option<String>,
    headline: String,
    url: Option<String>,
    origin: Option<String>,
    summary: Option<String>,
    sections: Vec<SectionView>,
    related_heading: &'static str,
    related: Vec<RelatedView>,
}

#[derive(Serialize)]
struct SectionView {
    heading: Option<String>,
    summary: String,
}

#[derive(Serialize)]
struct RelatedView {
    title: String,
    url: Option<String>,
    date: Option<String>,
}

/// Writes `edition` as a mail, with dates in `zone`.
pub fn digest(
    edition: &Edition,
    digest: &Digest,
    site: &Site,
    zone: Tz,
) -> Result<Rendered, RenderError> {
    let view = view(edition, digest, site, zone);
    Ok(Rendered {
        subject: subject(edition, digest, zone),
        html: rendered("digest.html.j2", &view)?,
        text: rendered("digest.txt.j2", &view)?,
    })
}

fn rendered(name: &str, view: &View) -> Result<String, RenderError> {
    Ok(TEMPLATES.get_template(name)?.render(Serde(view))?)
}

fn subject(edition: &Edition, digest: &Digest, zone: Tz) -> String {
    let locale = digest.locale();
    let day = wording::short_date(&edition.slot.with_timezone(&zone), locale);
    let title = wrap::shorten(&guard::line(&digest.title), SUBJECT_TITLE);
    let top = edition.briefs().next().map(|brief| guard::line(&brief.headline));
    let top = top.map(|headline| wrap::shorten(&headline, SUBJECT_HEADLINE));
    let others = edition.briefs().count().saturating_sub(1);
    wording::subject(&title, &day, top.as_deref(), others, locale)
}

fn view(edition: &Edition, digest: &Digest, site: &Site, zone: Tz) -> View {
    let locale = digest.locale();
    let (title, site_title) = (guard::line(&digest.title), guard::line(&site.title));
    let count = wording::article_count(edition.briefs().count(), locale);
    View {
        language: digest.language.to_string(),
        date: wording::long_date(&edition.slot.with_timezone(&zone), locale),
        preheader: preheader(edition, &count, locale),
        count,
        groups: groups(edition, &digest.language, zone),
        nothing_new: wording::nothing_new(locale),
        why: wording::why_you_get_this(&title, &site_title, locale),
        home: address::home(site),
        title,
        site: site_title,
    }
}

/// What mail programs show behind the subject. Who is heard, not the headlines: those stand once, in their Briefs.
fn preheader(edition: &Edition, count: &str, locale: Locale) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in edition.briefs().filter_map(|brief| brief.publisher.as_deref()) {
        let name = guard::line(name);
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(PREHEADER_NAMES);
    let (separator, list) = match locale {
        Locale::English => (": ", names.join(", ")),
        Locale::Chinese => ("：", names.join("、")),
    };
    if list.is_empty() { count.to_owned() } else { format!("{count}{separator}{list}") }
}

/// Groups that hold something; a heading only where there are several.
fn groups(edition: &Edition, language: &Language, zone: Tz) -> Vec<GroupView> {
    let filled: Vec<_> = edition.groups.iter().filter(|group| !group.briefs.is_empty()).collect();
    let show_headings = filled.len() > 1;
    let heading = |text: &Option<String>| text.as_deref().and_then(guard::some_line);
    filled
        .into_iter()
        .map(|group| GroupView {
            heading: heading(&group.heading).filter(|_| show_headings),
            briefs: group.briefs.iter().map(|brief| brief_view(brief, language, zone)).collect(),
        })
        .collect()
}

fn brief_view(brief: &Brief, language: &Language, zone: Tz) -> BriefView {
    let own = brief.language.as_ref();
    // Words beside a text speak its language; a Chinese date in an English Brief would be read wrongly aloud.
    let locale = Locale::of(own.unwrap_or(language));
    let line = |text: &Option<String>| text.as_deref().and_then(guard::some_line);
    let summary = line(&brief.summary).filter(|text| !repeats(&brief.headline, text));
    let headline = guard::some_line(&brief.headline);
    BriefView {
        language: own.filter(|own| *own != language).map(Language::to_string),
        headline: headline.unwrap_or_else(|| wording::untitled(locale).to_owned()),
        url: brief.url.as_ref().and_then(guard::link),
        origin: origin(brief, locale, zone),
        sections: sections(brief, summary.as_deref()),
        summary,
        related_heading: wording::related_heading(crate::domain::RelatedGroup::Related, locale),
        related: brief.related.iter().filter_map(|item| related(item, locale, zone)).collect(),
    }
}

/// Who published it and when, as far as is known.
fn origin(brief: &Brief, locale: Locale, zone: Tz) -> Option<String> {
    let publisher = brief.publisher.as_deref().and_then(guard::some_line);
    let date = brief.published.as_ref().map(|moment| shown(moment, locale, zone));
    let known: Vec<String> = publisher.into_iter().chain(date).collect();
    (!known.is_empty()).then(|| known.join(" · "))
}

/// Section summaries, without an untitled one that only says again what stands above it.
fn sections(brief: &Brief, summary: Option<&str>) -> Vec<SectionView> {
    let view = |section: &SectionBrief| {
        let text = guard::some_line(&section.summary)?;
        let heading = section.heading.as_deref().and_then(guard::some_line);
        let heading = heading.filter(|heading| !repeats(&brief.headline, heading));
        let says_again = heading.is_none() && summary.is_some_and(|above| above.contains(&text));
        (!says_again).then_some(SectionView { heading, summary: text })
    };
    brief.sections.iter().filter_map(view).collect()
}

fn related(item: &RelatedItem, locale: Locale, zone: Tz) -> Option<RelatedView> {
    Some(RelatedView {
        title: guard::some_line(&item.title)?,
        url: item.url.as_ref().and_then(guard::link),
        date: item.published.as_ref().map(|moment| shown(moment, locale, zone)),
    })
}

/// The moment in words; one with a time of day in the reader's zone, a day as the page's own calendar has it.
pub(super) fn shown(moment: &Moment, locale: Locale, zone: Tz) -> String {
    if moment.precision >= Precision::Day {
        return moment.display(locale);
    }
    let instant: DateTime<FixedOffset> = moment.instant.with_timezone(&zone).fixed_offset();
    Moment { instant, ..moment.clone() }.display(locale)
}

#[cfg(test)]
mod tests {
    use super::super::golden::assert_golden;
    use super::super::samples::{self, chinese, empty, english, hostile, site};
    use super::*;
    use crate::domain::Article;
    use unicode_width::UnicodeWidthStr as _;

    const ZONE: Tz = Tz::Asia__Shanghai;

    fn mail(articles: Vec<Article>) -> Rendered {
        digest(&samples::edition(vec![(None, articles)]), &samples::digest(), &site(), ZONE)
            .unwrap()
    }

    fn chinese_digest() -> Digest {
        Digest { title: "海岸晨报".into(), language: Language::chinese(), ..samples::digest() }
    }

    #[test]
    fn the_mail_reads_as_it_was_reviewed() {
        let rendered = mail(vec![chinese(), english()]);
        assert_golden("digest.html", rendered.html.as_bytes());
        assert_golden("digest.txt", rendered.text.as_bytes());
    }

    #[test]
    fn a_chinese_mail_speaks_chinese() {
        let edition =
            samples::edition(vec![(Some("海"), vec![chinese()]), (Some("船"), vec![english()])]);
        let rendered = digest(&edition, &chinese_digest(), &site(), ZONE).unwrap();
        assert_eq!(rendered.subject, "海岸晨报 · 11月21日：灯塔重亮：一座小城的十一年 等2篇");
        assert_golden("digest.zh.txt", rendered.text.as_bytes());
        assert!(
            rendered.html.contains("<html lang=\"zh\">") && rendered.html.contains("lang=\"en\"")
        );
    }

    #[test]
    fn the_day_is_the_readers_own() {
        let edition = samples::edition(vec![(None, vec![english()])]);
        let subject = |zone| digest(&edition, &samples::digest(), &site(), zone).unwrap().subject;
        assert_eq!(
            subject(Tz::UTC),
            "Morning press, 20 November: Electric ferries & the <quiet> harbour"
        );
        assert_eq!(
            subject(ZONE),
            "Morning press, 21 November: Electric ferries & the <quiet> harbour"
        );
    }

    #[test]
    fn both_parts_hold_each_headline_once_and_every_summary() {
        let article = chinese();
        let rendered = mail(vec![article.clone(), english()]);
        for part in [&rendered.html, &rendered.text] {
            assert_eq!(part.matches(&article.title).count(), 1);
            for section in article.sections.iter().filter_map(|section| section.summary.as_ref()) {
                assert!(part.contains(&section.text()), "{}", section.text());
            }
            for item in &article.related {
                assert!(part.contains(&item.title), "{}", item.title);
            }
        }
    }

    #[test]
    fn a_summary_that_repeats_the_headline_is_not_shown() {
        let mut article = english();
        article.title = "Two electric ferries entered service on Monday".into();
        let rendered = mail(vec![article.clone()]);
        assert_eq!(rendered.text.matches(&article.title).count(), 1, "{}", rendered.text);
    }

    #[test]
    fn nothing_remote_and_nothing_unescaped_is_in_the_html() {
        let html = mail(vec![hostile(), english(), empty()]).html;
        for wrong in
            ["<img", "<script", "src=", "url(", "<b>", "javascript:", "\u{0}", "\u{7f}", "data:"]
        {
            assert!(!html.contains(wrong), "{wrong:?}");
        }
        assert!(html.contains("Electric ferries &amp; the &lt;quiet&gt; harbour"));
    }

    #[test]
    fn subjects_are_one_bounded_line() {
        let mut digest_of_evil = samples::digest();
        digest_of_evil.title = format!("News\r\nBcc: all@example.org {}", "long ".repeat(50));
        let mut article = hostile();
        article.title = format!("a\nb\u{0}{}", "很长的标题".repeat(50));
        let edition = samples::edition(vec![(None, vec![article, english()])]);
        let subject = digest(&edition, &digest_of_evil, &site(), ZONE).unwrap().subject;
        assert!(!subject.chars().any(char::is_control), "{subject:?}");
        assert!(subject.width() <= SUBJECT_TITLE + SUBJECT_HEADLINE + 40, "{subject}");
    }

    #[test]
    fn text_lines_fit_the_width_unless_they_are_addresses() {
        let mut article = chinese();
        article.sections[0].summary.as_mut().unwrap().sentences[0].text =
            "很长的一句话，".repeat(40);
        let text = mail(vec![article, english()]).text;
        for line in text.lines().filter(|line| !line.contains("https://")) {
            assert!(line.width() <= wrap::WIDTH, "{line}");
        }
    }

    #[test]
    fn an_edition_without_briefs_says_so() {
        let rendered = mail(Vec::new());
        assert_eq!(rendered.subject, "Morning press, 21 November");
        assert!(rendered.text.contains("Nothing new") && rendered.html.contains("Nothing new"));
    }

    #[test]
    fn group_headings_are_shown_where_there_are_several_groups() {
        let two = samples::edition(vec![
            (Some("Sea & shore"), vec![chinese()]),
            (Some("Ships"), vec![english()]),
        ]);
        let rendered = digest(&two, &samples::digest(), &site(), ZONE).unwrap();
        assert!(rendered.html.contains("Sea &amp; shore") && rendered.text.contains("Sea & shore"));
        let one = samples::edition(vec![
            (Some("Sea & shore"), vec![chinese()]),
            (Some("Ships"), Vec::new()),
        ]);
        let rendered = digest(&one, &samples::digest(), &site(), ZONE).unwrap();
        assert!(!rendered.text.contains("Sea & shore"));
    }
}
