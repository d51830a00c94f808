//! What is known of the places that a source names, and how those are remembered that bring no article of their own.

use url::Url;

use super::{IngestError, Taken, Turn};
use crate::domain::{Article, Known, Link, Note, Source, SourceKind};
use crate::fetch::{Answer, Fetched, Place, Request};
use crate::jobs::hosts;
use crate::jobs::report::Noted;
use crate::normalize::{Normalized, Overrides};
use crate::store::{StoreError, articles, documents};

impl Turn {
    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// What the operator says of the source, over the rules.
    pub(super) fn rules(&self) -> Overrides {
        self.context.overrides.get(&self.source.id).cloned().unwrap_or_default()
    }

    /// Fetches a page whatever is known of it: its text is needed, changed or not.
    pub(super) async fn fetch_anew(&mut self, place: &Place) -> Result<Answer, IngestError> {
        let at = self.context.clock.now().with_timezone(&self.context.zone).fixed_offset();
        let request = Request { place, access: &self.source.access, known: None, at };
        let (answer, asked) = hosts::ask(self.context.asker(), &request).await?;
        self.asked.extend(asked);
        Ok(answer)
    }

    /// Whether what `link` leads to is to be fetched: it never was, or its sitemap says that it has changed since.
    pub(super) async fn is_due(&mut self, link: &Link) -> Result<bool, IngestError> {
        if !self.followed.insert(link.url.clone()) {
            return Ok(false);
        }
        let mut lease = self.context.store.read().await?;
        let conn = &mut lease.conn();
        let fetched = documents::fetched_at(conn, &self.source.id, link.url.as_str()).await?;
        let is_sitemap = matches!(self.source.kind, SourceKind::Sitemap { .. });
        let changed = link.published.as_ref().filter(|_| is_sitemap);
        Ok(match (fetched, changed) {
            (None, _) => true,
            (Some(fetched), Some(changed)) => changed.instant.to_utc() > fetched,
            (Some(_), None) => false,
        })
    }

    /// Whether more text of the article is stored than it has here.
    pub(super) async fn has_more(&self, article: &Article) -> Result<bool, StoreError> {
        let mut lease = self.context.store.read().await?;
        let stored = articles::get(&mut lease.conn(), article.id).await?;
        Ok(stored.is_some_and(|stored| stored.article.length() > article.length()))
    }

    /// What will be remembered of an index once it is known what it names.
    pub(super) fn index(&self, fetched: &Fetched) -> Taken {
        let told = fetched.told.clone();
        let digest = fetched.document.digest.clone();
        Taken {
            reference: fetched.document.reference.clone(),
            known: Known { digest, validators: told.validators, moved: told.moved },
            notes: fetched.notes.clone(),
            kept: self.kept(&fetched.document),
            ..Taken::default()
        }
    }

    /// Something that is no fault of the source.
    pub(super) fn note(&mut self, url: &Url, message: String) {
        let what = self.what(Some(url.as_str()));
        self.done.notes.push(Noted { what, note: Note::new("related", message) });
    }
}

impl Taken {
    /// A place that brings nothing and need not be asked again.
    pub(super) fn passed_over(url: &Url) -> Self {
        Self { reference: url.to_string(), is_aside: true, ..Self::default() }
    }

    /// A document whose text went into another's article.
    pub(super) fn aside(mut self) -> Self {
        self.articles.clear();
        self.is_aside = true;
        self
    }

    /// An index that names so many articles, of which these are taken as they stand there; it is read again unless all of
    /// it was dealt with.
    pub(super) fn naming(
        mut self,
        count: usize,
        articles: Vec<Normalized>,
        is_whole: bool,
    ) -> Self {
        self.already = count.saturating_sub(articles.len());
        self.is_aside = articles.is_empty() && count > 0;
        self.articles = articles;
        if is_whole { self } else { self.again() }
    }

    /// It is to be read again.
    pub(super) fn again(mut self) -> Self {
        let moved = self.known.moved.take();
        self.known = Known { moved, ..Known::default() };
        self
    }
}
