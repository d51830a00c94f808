//! What templates see: texts of one line, addresses checked, dates in words. The names here are what operators write.

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;
use serde::Serialize;

use crate::domain::{
    Brief, Digest, Edition, Language, Locale, Moment, OtherReport, Precision, READER_TOKEN,
    RelatedGroup, RelatedItem, SectionBrief, Site, Why, repeats,
};

use super::super::{address, guard, wording, wrap};

/// Columns of the Digest's title within a subject, and of the headline; most mail programs show about 80 in all.
pub(super) const SUBJECT_TITLE: usize = 40;
/// See [`SUBJECT_TITLE`].
pub(super) const SUBJECT_HEADLINE: usize = 64;
/// Publishers that the preheader names.
const PREHEADER_NAMES: usize = 4;
/// Articles that the web copy lists beside those it shows; more would be an archive of its own.
const MOST_LEFT_OUT: usize = 100;

/// Sections that one Brief of a mail shows; an article of twenty would be the whole mail. The web copy has all.
const MOST_SECTIONS: usize = 8;

/// In whose words and by whose clock.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reading {
    /// Language of pressroom's own words.
    pub language: Language,
    /// Zone of dates.
    pub zone: Tz,
}

/// An Edition.
#[derive(Serialize)]
pub(super) struct View {
    #[serde(skip)]
    pub locale: Locale,
    /// Language tag of pressroom's own words.
    pub language: String,
    /// The Digest's title.
    pub title: String,
    /// The day, with its weekday.
    pub date: String,
    /// The day, as short as a subject wants it.
    pub day: String,
    /// "12 articles".
    pub count: String,
    /// How many Briefs there are, those cut for length included.
    pub articles: usize,
    /// The first headline, shortened.
    pub top: String,
    /// How many Briefs come after the first.
    pub others: usize,
    /// What mail programs show behind the subject.
    pub preheader: String,
    /// Whether Groups have headings: there are several.
    pub has_headings: bool,
    /// The Groups.
    pub groups: Vec<GroupView>,
    /// Stands for an Edition without Briefs.
    pub nothing_new: &'static str,
    /// "3 more articles stand in the web copy".
    pub more: Option<String>,
    /// Address of the web copy.
    pub web: Option<String>,
    /// Invites to it.
    pub web_words: &'static str,
    /// What came in and is not shown; in the web copy only.
    pub left_out: Vec<LeftOutView>,
    /// Heads it.
    pub left_out_heading: &'static str,
    /// Why the reader gets this mail.
    pub why: String,
    /// The reader's own page, on which the subscription is changed.
    pub manage: String,
    /// What its link says.
    pub manage_words: &'static str,
    /// The page with the button that ends it.
    pub leave: String,
    /// What its link says.
    pub leave_words: &'static str,
    /// The site's front page.
    pub home: String,
    /// The site's name.
    pub site: String,
}

/// Briefs under one heading.
#[derive(Serialize)]
pub(super) struct GroupView {
    /// Its heading; shown where there are several.
    pub heading: String,
    /// Its Briefs.
    pub briefs: Vec<BriefView>,
}

/// One Article.
#[derive(Serialize)]
pub(super) struct BriefView {
    /// Its place in the web copy.
    pub anchor: String,
    /// Its language, where that is not the mail's.
    pub language: Option<String>,
    /// Its title.
    pub headline: String,
    /// Where to read it.
    pub url: Option<String>,
    /// Who published it, and when.
    pub origin: Option<String>,
    /// "Updated", where it comes again after an edit.
    pub updated: Option<&'static str>,
    /// A picture, where the Digest shows them.
    pub image: Option<ImageView>,
    /// Short text of the whole.
    pub summary: Option<String>,
    /// Short texts of its Sections.
    pub sections: Vec<SectionView>,
    /// "3 more sections", where the mail does not show all.
    pub more_sections: Option<String>,
    /// "Also reported by".
    pub also_heading: &'static str,
    /// Who else reports it.
    pub also: Vec<LinkView>,
    /// Heads the related items.
    pub related_heading: &'static str,
    /// Further reading.
    pub related: Vec<RelatedView>,
}

/// A picture.
#[derive(Serialize)]
pub(super) struct ImageView {
    /// Address.
    pub url: String,
    /// Its words.
    pub alt: String,
}

/// A Section's Summary.
#[derive(Serialize)]
pub(super) struct SectionView {
    /// Its place in the web copy.
    pub anchor: String,
    /// Its heading.
    pub heading: Option<String>,
    /// Its place on the original page.
    pub url: Option<String>,
    /// Its Summary.
    pub summary: String,
}

/// A name with an address.
#[derive(Serialize)]
pub(super) struct LinkView {
    /// The name.
    pub name: String,
    /// The address.
    pub url: Option<String>,
}

/// An item of further reading.
#[derive(Serialize)]
pub(super) struct RelatedView {
    /// Its title.
    pub title: String,
    /// Where to read it.
    pub url: Option<String>,
    /// When it appeared.
    pub date: Option<String>,
}

/// An article that is not shown.
#[derive(Serialize)]
pub(super) struct LeftOutView {
    /// Its title.
    pub headline: String,
    /// Where to read it.
    pub url: Option<String>,
}

/// What a View is made of.
pub(super) struct Subject<'a> {
    pub(super) edition: &'a Edition,
    pub(super) digest: &'a Digest,
    pub(super) site: &'a Site,
    pub(super) reading: &'a Reading,
}

impl View {
    /// This View as a mail has it: with an address for the rest of long Articles and of long Editions.
    pub(super) fn abridged(mut self, web: String) -> Self {
        let locale = self.locale;
        for brief in self.groups.iter_mut().flat_map(|group| &mut group.briefs) {
            let more = brief.sections.len().saturating_sub(MOST_SECTIONS);
            brief.sections.truncate(MOST_SECTIONS);
            brief.more_sections = (more > 0).then(|| wording::more_sections(more, locale));
        }
        self.web = Some(web);
        self
    }
}

impl Subject<'_> {
    /// The Briefs that `shown` lets through; `articles` is how many the reader's Edition has in all.
    pub(super) fn view(&self, articles: usize, shown: &dyn Fn(&Brief) -> bool) -> View {
        let locale = Locale::of(&self.reading.language);
        let due = self.edition.slot.with_timezone(&self.reading.zone);
        let (title, site) = (guard::line(&self.digest.title), guard::line(&self.site.title));
        let groups = self.groups(shown);
        let briefs = || groups.iter().flat_map(|group| &group.briefs);
        let written = briefs().count();
        let count = wording::article_count(articles, locale);
        let top = briefs().next().map(|brief| wrap::shorten(&brief.headline, SUBJECT_HEADLINE));
        View {
            locale,
            language: self.reading.language.to_string(),
            date: wording::long_date(&due, locale),
            day: wording::short_date(&due, locale),
            preheader: self.preheader(&count, locale, shown),
            count,
            articles,
            top: top.unwrap_or_default(),
            others: articles.saturating_sub(1),
            has_headings: groups.len() > 1,
            more: (written < articles).then(|| wording::more(articles - written, locale)),
            groups,
            nothing_new: wording::nothing_new(locale),
            web: None,
            web_words: wording::read_in_browser(locale),
            left_out: Vec::new(),
            left_out_heading: wording::also_new(locale),
            why: wording::why_you_get_this(&title, &site, locale),
            manage: format!("{}subscription/{READER_TOKEN}", address::home(self.site)),
            manage_words: wording::manage(locale),
            leave: format!("{}unsubscribe/{READER_TOKEN}", address::home(self.site)),
            leave_words: wording::leave(locale),
            home: address::home(self.site),
            title,
            site,
        }
    }

    /// The articles of the window that are in no Brief, and are worth naming.
    pub(super) fn left_out(&self) -> Vec<LeftOutView> {
        let told = self.edition.left_out.iter().filter(|left| left.reason.is_for_lack_of_room());
        let view = |left: &crate::domain::LeftOut| {
            let url = left.url.as_ref().and_then(guard::link);
            Some(LeftOutView { headline: guard::some_line(&left.headline)?, url })
        };
        told.filter_map(view).take(MOST_LEFT_OUT).collect()
    }

    /// What mail programs show behind the subject. Who is heard, not the headlines: those stand once, in their Briefs.
    fn preheader(&self, count: &str, locale: Locale, shown: &dyn Fn(&Brief) -> bool) -> String {
        let mut names: Vec<String> = Vec::new();
        let briefs = self.edition.briefs().filter(|brief| shown(brief));
        for name in briefs.filter_map(|brief| brief.publisher.as_deref()) {
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
    fn groups(&self, shown: &dyn Fn(&Brief) -> bool) -> Vec<GroupView> {
        let mut groups: Vec<GroupView> = Vec::new();
        for group in &self.edition.groups {
            let briefs = group.briefs.iter().filter(|brief| shown(brief));
            let briefs: Vec<BriefView> = briefs.map(|brief| self.brief(brief)).collect();
            if !briefs.is_empty() {
                let heading = group.heading.as_deref().and_then(guard::some_line);
                let locale = Locale::of(&self.reading.language);
                let heading = heading.unwrap_or_else(|| wording::other(locale).to_owned());
                groups.push(GroupView { heading, briefs });
            }
        }
        groups
    }

    fn brief(&self, brief: &Brief) -> BriefView {
        let language = &self.reading.language;
        let own = brief.language.as_ref();
        // Words beside a text speak its language; a Chinese date in an English Brief would be read wrongly aloud.
        let locale = Locale::of(own.unwrap_or(language));
        let line = |text: &Option<String>| text.as_deref().and_then(guard::some_line);
        let summary = line(&brief.summary).filter(|text| !repeats(&brief.headline, text));
        let headline = guard::some_line(&brief.headline);
        let zone = self.reading.zone;
        BriefView {
            anchor: anchor(brief),
            language: own.filter(|own| *own != language).map(Language::to_string),
            headline: headline.unwrap_or_else(|| wording::untitled(locale).to_owned()),
            url: brief.url.as_ref().and_then(guard::link),
            origin: origin(brief, locale, zone),
            updated: (brief.why == Why::Updated).then(|| wording::updated(locale)),
            image: self.image(brief),
            sections: sections(brief, summary.as_deref()),
            summary,
            more_sections: None,
            also_heading: wording::also_reported(locale),
            also: brief.also.iter().map(also).collect(),
            related_heading: wording::related_heading(RelatedGroup::Related, locale),
            related: brief.related.iter().filter_map(|item| related(item, locale, zone)).collect(),
        }
    }

    fn image(&self, brief: &Brief) -> Option<ImageView> {
        let image = brief.image.as_ref().filter(|_| self.digest.images)?;
        let alt = image.alt.as_deref().map(guard::line).unwrap_or_default();
        Some(ImageView { url: guard::link(&image.url)?, alt })
    }
}

/// The place of a Brief in the web copy; the same in every Edition that holds its Article.
fn anchor(brief: &Brief) -> String {
    let id = brief.article.to_string();
    format!("a-{}", id.split('-').next().unwrap_or_default())
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
        let place = brief.place_of(section).filter(|_| heading.is_some());
        (!says_again).then(|| SectionView {
            anchor: format!("{}-{}", anchor(brief), section.index + 1),
            url: place.as_ref().and_then(guard::link),
            heading,
            summary: text,
        })
    };
    brief.sections.iter().filter_map(view).collect()
}

/// Who else reports it, by the publisher's name or else by the source's.
fn also(report: &OtherReport) -> LinkView {
    let name = report.attribution.as_deref().and_then(guard::some_line);
    let host = || report.url.as_ref().and_then(|url| url.host_str()).and_then(guard::some_line);
    let name = name.or_else(host).unwrap_or_else(|| report.source.to_string());
    LinkView { name, url: report.url.as_ref().and_then(guard::link) }
}

fn related(item: &RelatedItem, locale: Locale, zone: Tz) -> Option<RelatedView> {
    Some(RelatedView {
        title: guard::some_line(&item.title)?,
        url: item.url.as_ref().and_then(guard::link),
        date: item.published.as_ref().map(|moment| shown(moment, locale, zone)),
    })
}

/// The moment in words; one with a time of day in the reader's zone, a day as the page's own calendar has it.
pub(in crate::render) fn shown(moment: &Moment, locale: Locale, zone: Tz) -> String {
    if moment.precision >= Precision::Day {
        return moment.display(locale);
    }
    let instant: DateTime<FixedOffset> = moment.instant.with_timezone(&zone).fixed_offset();
    Moment { instant, ..moment.clone() }.display(locale)
}
