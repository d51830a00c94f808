//! One Edition, written for every combination of readers' choices: within the size budget, styles inlined.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, OnceLock};

use css_inline::CSSInliner;

use crate::domain::{ArticleId, Brief, Choices, Digest, Edition, Site};

use super::super::{RenderError, Rendered, address, guard, wording, wrap};
use super::stationery::{HTML, Stationery, TEXT, WEB};
use super::view::{Reading, SUBJECT_TITLE, Subject, View};

/// Columns of a subject that an operator's template made.
const SUBJECT: usize = 200;

/// Rules for narrow windows and dark rooms stay in the style element; all others go to the elements they mean, since some
/// mail programs drop that element.
static INLINER: LazyLock<CSSInliner<'static>> = LazyLock::new(|| {
    CSSInliner::options()
        .keep_at_rules(true)
        .minify_css(true)
        .load_remote_stylesheets(false)
        .build()
});

/// Writes one Edition.
#[derive(Debug)]
pub struct Press<'a> {
    edition: &'a Edition,
    digest: &'a Digest,
    site: &'a Site,
    stationery: &'a Stationery,
    /// What each Brief adds to the HTML, measured once it is known that not all have room.
    sizes: OnceLock<Sizes>,
}

#[derive(Debug)]
struct Sizes {
    frame: usize,
    briefs: HashMap<ArticleId, usize>,
}

impl<'a> Press<'a> {
    /// A press for `edition`.
    pub fn new(
        edition: &'a Edition,
        digest: &'a Digest,
        site: &'a Site,
        stationery: &'a Stationery,
    ) -> Self {
        Self { edition, digest, site, stationery, sizes: OnceLock::new() }
    }

    /// What it writes.
    pub fn edition(&self) -> &'a Edition {
        self.edition
    }

    /// The mail for readers who made these `choices` of topics and read it so; `None` where nothing is left for them.
    pub fn mail(
        &self,
        reading: &Reading,
        choices: &Choices,
    ) -> Result<Option<Rendered>, RenderError> {
        let wanted: Vec<&Brief> =
            self.edition.briefs().filter(|brief| choices.keep_brief(brief)).collect();
        if wanted.is_empty() {
            return Ok(None);
        }
        let mut budget = self.digest.size_budget;
        loop {
            let room: HashSet<ArticleId> = self.fitting(&wanted, budget);
            let shown = |brief: &Brief| room.contains(&brief.article);
            let view = self.subject(reading).view(wanted.len(), &shown);
            let view = view.abridged(self.web_address());
            let html = self.html(&view)?;
            if html.len() <= self.digest.size_budget || room.len() <= 1 {
                return Ok(Some(self.rendered(&view, html)?));
            }
            if self.sizes.get().is_none() {
                self.measure(reading)?;
                continue;
            }
            // What was measured alone, in other words and another zone, is a little off.
            budget = budget.saturating_sub((html.len() - self.digest.size_budget).max(1));
        }
    }

    /// The web copy: the body of a page with every Brief, and what came in beside them.
    pub fn web(&self, reading: &Reading) -> Result<String, RenderError> {
        let mut view = self.subject(reading).view(self.edition.briefs().count(), &|_| true);
        view.left_out = self.subject(reading).left_out();
        Ok(self.stationery.write(WEB, &view)?)
    }

    /// Where the web copy is read.
    fn web_address(&self) -> String {
        format!("{}{}", address::home(self.site), self.edition.path())
    }

    fn subject<'s>(&'s self, reading: &'s Reading) -> Subject<'s> {
        Subject { edition: self.edition, digest: self.digest, site: self.site, reading }
    }

    fn html(&self, view: &View) -> Result<String, RenderError> {
        let styled = self.stationery.write(HTML, view)?;
        INLINER.inline(&styled).map_err(|error| RenderError::Styles(error.to_string()))
    }

    fn rendered(&self, view: &View, html: String) -> Result<Rendered, RenderError> {
        let text = self.stationery.write(TEXT, view)?;
        Ok(Rendered { subject: self.subject_line(view)?, html, text: wrap::stuffed(&text) })
    }

    fn subject_line(&self, view: &View) -> Result<String, RenderError> {
        if let Some(own) = self.stationery.subject(view) {
            return Ok(wrap::shorten(&guard::line(&own?), SUBJECT));
        }
        let title = wrap::shorten(&view.title, SUBJECT_TITLE);
        let top = Some(view.top.as_str()).filter(|top| !top.is_empty());
        Ok(wording::subject(&title, &view.day, top, view.others, view.locale))
    }

    /// Those of `wanted` that have room: whole Briefs go, the lightest first and of equals the last. One always stays.
    fn fitting(&self, wanted: &[&Brief], budget: usize) -> HashSet<ArticleId> {
        let all = || wanted.iter().map(|brief| brief.article);
        let Some(sizes) = self.sizes.get() else { return all().collect() };
        let size = |brief: &Brief| sizes.briefs.get(&brief.article).copied().unwrap_or(0);
        let mut order: Vec<&&Brief> = wanted.iter().collect();
        order.sort_by_key(|brief| std::cmp::Reverse(brief.weight));
        let mut taken = sizes.frame;
        let mut room = HashSet::new();
        for brief in order {
            taken += size(brief);
            if taken > budget && !room.is_empty() {
                break;
            }
            room.insert(brief.article);
        }
        room
    }

    /// Weighs each Brief by writing it alone.
    fn measure(&self, reading: &Reading) -> Result<(), RenderError> {
        let weigh = |only: Option<ArticleId>| {
            let shown = |brief: &Brief| Some(brief.article) == only;
            let view = self.subject(reading).view(usize::MAX, &shown);
            self.html(&view.abridged(self.web_address())).map(|html| html.len())
        };
        let frame = weigh(None)?;
        let mut briefs = HashMap::new();
        for brief in self.edition.briefs() {
            let size = weigh(Some(brief.article))?.saturating_sub(frame);
            briefs.insert(brief.article, size);
        }
        // Whoever comes second has measured the same.
        let _ = self.sizes.set(Sizes { frame, briefs });
        Ok(())
    }
}
