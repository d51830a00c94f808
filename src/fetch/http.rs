//! One document over HTTP: redirects followed by hand, every hop checked, everything limited.

use std::error::Error as _;
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use reqwest::{Client, Proxy, RequestBuilder, Response, redirect};
use url::Url;

use super::names::Guarded;
use super::unpack::{Limits, Overflow, Packing, Unpacker};
use super::{FetchError, Settings, Told, files, freshness, guard};
use crate::domain::{Access, Credentials, Known, MediaType, Secret, Validators};

/// How long an idle connection is kept for the next document of its host: over the pause between two, and no longer, since
/// most of thousands of hosts are asked for one.
const IDLE: Duration = Duration::from_secs(10);
/// Idle connections kept for a host: it is asked one thing at a time.
const IDLE_CONNECTIONS: usize = 2;

/// A client for [`Exchange`]; never sends cookies or referrers and uses no proxy from the environment.
pub(super) fn client(settings: &Settings, allow_private: bool) -> Result<Client, FetchError> {
    // One TLS provider in the process; a second call finds it installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let failed = |error: reqwest::Error| FetchError::Client(chain(&error));
    let builder = Client::builder()
        .user_agent(&settings.user_agent)
        .redirect(redirect::Policy::none())
        .referer(false)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .no_proxy();
    let builder = if let Some(proxy) = &settings.proxy {
        // The proxy finds the hosts, so their addresses are its to judge.
        builder.proxy(Proxy::all(proxy.clone()).map_err(failed)?)
    } else {
        let names = settings.names.clone();
        builder.dns_resolver(Guarded { names, allow_private })
    };
    builder.build().map_err(failed)
}

/// What came back in the end.
#[derive(Debug)]
pub(super) struct Page {
    pub status: u16,
    pub url: Url,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    moved: Option<Url>,
}

/// Everything that one request needs.
#[derive(Clone, Copy)]
pub(super) struct Exchange<'a> {
    pub client: &'a Client,
    pub settings: &'a Settings,
    pub access: &'a Access,
}

/// What to do with a body that is longer than wanted.
#[derive(Clone, Copy)]
enum Surplus {
    Refuse,
    Cut,
}

impl Exchange<'_> {
    /// Fetches `url`, or what it moved to. The answer may be any status that is no redirect.
    pub(super) async fn get(&self, url: &Url, known: Option<&Known>) -> Result<Page, FetchError> {
        let limit = self.settings.max_bytes;
        self.in_time(url, self.follow(url, known, limit, Surplus::Refuse)).await
    }

    /// Fetches no more than the first `limit` bytes of `url`.
    pub(super) async fn beginning(&self, url: &Url, limit: usize) -> Result<Page, FetchError> {
        self.in_time(url, self.follow(url, None, limit, Surplus::Cut)).await
    }

    async fn in_time(
        &self,
        url: &Url,
        work: impl Future<Output = Result<Page, FetchError>>,
    ) -> Result<Page, FetchError> {
        let limit = self.settings.timeout;
        let out_of_time = |_| FetchError::Timeout { url: url.to_string(), limit };
        tokio::time::timeout(limit, work).await.map_err(out_of_time)?
    }

    async fn follow(
        &self,
        start: &Url,
        known: Option<&Known>,
        limit: usize,
        surplus: Surplus,
    ) -> Result<Page, FetchError> {
        let mut moved = known.and_then(|known| known.moved.clone());
        let mut url = moved.clone().unwrap_or_else(|| start.clone());
        let mut for_good = true;
        for _ in 0..=self.settings.max_redirects {
            let response = self.ask(&url, known).await?;
            let Some(target) = target(&response, &url) else {
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                let bytes = self.body(response, &url, limit, surplus).await?;
                return Ok(Page { status, url, headers, bytes, moved });
            };
            // What leaves https is followed, but not remembered: the next look may find the way back.
            let is_safe = url.scheme() != "https" || target.scheme() == "https";
            for_good &= matches!(response.status().as_u16(), 301 | 308) && is_safe;
            if for_good {
                moved = Some(target.clone());
            }
            url = target;
        }
        let limit = self.settings.max_redirects;
        Err(FetchError::Redirects { url: start.to_string(), limit })
    }

    async fn ask(&self, url: &Url, known: Option<&Known>) -> Result<Response, FetchError> {
        guard::check(url, self.access.allow_private)?;
        let mut request = self.client.get(url.clone()).header(ACCEPT_ENCODING, "gzip, br");
        if let Some(known) = known {
            let Validators { etag, last_modified } = &known.validators;
            request = with(request, IF_NONE_MATCH, etag.as_deref());
            request = with(request, IF_MODIFIED_SINCE, last_modified.as_deref());
        }
        if let Some(credentials) = self.access.credentials.as_ref()
            && credentials.origin == url.origin()
        {
            request = authorized(request, credentials);
        }
        let response = request.send().await.map_err(|error| self.failure(url, &error))?;
        let length = |(name, value): (&HeaderName, &HeaderValue)| {
            name.as_str().len() + value.as_bytes().len() + ": \r\n".len()
        };
        let limit = self.settings.max_header_bytes;
        if response.headers().iter().map(length).sum::<usize>() > limit {
            return Err(FetchError::Headers { url: url.to_string(), limit });
        }
        Ok(response)
    }

    /// Reads the body piece by piece: its declared length says nothing about what unpacking makes of it.
    async fn body(
        &self,
        mut response: Response,
        url: &Url,
        limit: usize,
        surplus: Surplus,
    ) -> Result<Vec<u8>, FetchError> {
        let encoding = text(response.headers(), &CONTENT_ENCODING).unwrap_or_default();
        let packing = Packing::parse(&encoding)
            .map_err(|encoding| FetchError::Encoding { url: url.to_string(), encoding })?;
        let ratio = self.settings.max_ratio;
        let limits = Limits { bytes: limit, ratio };
        let mut unpacker = Unpacker::new(packing, limits, response.content_length());
        let refuse = |overflow| refusal(overflow, url, packing, limits);
        while let Some(piece) = response.chunk().await.map_err(|error| self.failure(url, &error))? {
            match (unpacker.push(&piece), surplus) {
                (Ok(()), _) => {}
                (Err(Overflow::Bytes), Surplus::Cut) => return Ok(unpacker.so_far()),
                (Err(overflow), _) => return Err(refuse(overflow)),
            }
        }
        unpacker.finish().map_err(refuse)
    }

    /// A file that was fetched, unpacked where it is gzip by its own account: `sitemap.xml.gz`.
    pub(super) fn unpacked(&self, bytes: Vec<u8>, url: &Url) -> Result<Vec<u8>, FetchError> {
        // RFC 1952 §2.3.1
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            return Ok(bytes);
        }
        let limits = Limits { bytes: self.settings.max_bytes, ratio: self.settings.max_ratio };
        let mut unpacker = Unpacker::new(Packing::Gzip, limits, None);
        let unpacked = unpacker.push(&bytes).and_then(|()| unpacker.finish());
        unpacked.map_err(|overflow| refusal(overflow, url, Packing::Gzip, limits))
    }

    fn failure(&self, url: &Url, error: &reqwest::Error) -> FetchError {
        if let Some(FetchError::Private { host, address }) = refused(error) {
            return FetchError::Private { host: host.clone(), address: *address };
        }
        let reason = chain(error);
        if reason.contains("message head is too large") {
            return FetchError::Headers {
                url: url.to_string(),
                limit: self.settings.max_header_bytes,
            };
        }
        FetchError::Http { url: url.to_string(), reason }
    }
}

/// Why a body was not unpacked.
fn refusal(overflow: Overflow, url: &Url, packing: Packing, limits: Limits) -> FetchError {
    let reference = url.to_string();
    match overflow {
        Overflow::Bytes => FetchError::TooLarge { reference, limit: limits.bytes },
        Overflow::Ratio => FetchError::Ratio { url: reference, limit: limits.ratio },
        Overflow::Damaged => FetchError::Damaged { url: reference, encoding: packing.name() },
    }
}

impl Page {
    pub(super) fn told(&self, now: DateTime<FixedOffset>) -> Told {
        let validators = Validators {
            etag: text(&self.headers, &ETAG),
            last_modified: text(&self.headers, &LAST_MODIFIED),
        };
        let fresh_for = freshness::fresh_for(&self.headers, now.to_utc());
        Told { validators, moved: self.moved.clone(), fresh_for }
    }

    /// The error that a status means.
    pub(super) fn refusal(&self, url: &Url, now: DateTime<FixedOffset>) -> FetchError {
        let retry_after = freshness::retry_after(&self.headers, now.to_utc());
        FetchError::Status { url: url.to_string(), status: self.status, retry_after }
    }

    pub(super) fn charset(&self) -> Option<String> {
        let header = text(&self.headers, &CONTENT_TYPE)?;
        let mut parameters = header.split(';').skip(1).filter_map(|part| part.split_once('='));
        let charset = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?.1;
        Some(charset.trim().trim_matches(['"', '\'']).to_owned())
    }

    fn essence(&self) -> String {
        let header = text(&self.headers, &CONTENT_TYPE).unwrap_or_else(|| "text/html".into());
        header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// Where a redirect leads, if `response` is one (RFC 9110 §15.4).
fn target(response: &Response, url: &Url) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?;
    let mut target = url.join(&String::from_utf8_lossy(location.as_bytes())).ok()?;
    // A stranger's page names no user of ours. Both fail only for addresses that have no host to log in at.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    Some(target)
}

fn with(request: RequestBuilder, name: HeaderName, value: Option<&str>) -> RequestBuilder {
    match value {
        Some(value) => request.header(name, value),
        None => request,
    }
}

fn authorized(request: RequestBuilder, credentials: &Credentials) -> RequestBuilder {
    match &credentials.secret {
        Secret::Basic(user, password) => request.basic_auth(user, Some(password)),
        Secret::Bearer(token) => request.bearer_auth(token),
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// What kind of text came back.
pub(super) fn media_type(page: &Page, url: &Url) -> Result<MediaType, FetchError> {
    match page.essence().as_str() {
        "text/html"
        | "application/xhtml+xml"
        | "text/plain"
        | "text/xml"
        | "application/xml"
        | "application/json"
            if files::begins_like_feed(&page.bytes) =>
        {
            Ok(MediaType::Feed)
        }
        "text/xml" | "application/xml" | "text/plain"
            if files::begins_like_sitemap(&page.bytes) =>
        {
            Ok(MediaType::Sitemap)
        }
        "text/html" | "application/xhtml+xml" => Ok(MediaType::Html),
        "text/markdown" => Ok(MediaType::Markdown),
        "text/plain" => Ok(MediaType::Text),
        "application/rss+xml"
        | "application/atom+xml"
        | "application/rdf+xml"
        | "application/feed+json" => Ok(MediaType::Feed),
        other => {
            let (reference, media_type) = (url.to_string(), other.to_owned());
            Err(FetchError::MediaType { reference, media_type })
        }
    }
}

/// Our own refusal, if it lies at the bottom of the client's error.
fn refused(error: &reqwest::Error) -> Option<&FetchError> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(ours) = inner.downcast_ref() {
            return Some(ours);
        }
        cause = inner.source();
    }
    None
}

/// An error with its causes: the client's own words stop at "error sending request". The address is said by ours.
fn chain(error: &reqwest::Error) -> String {
    let mut words = String::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !words.contains(&said) {
            words = if words.is_empty() { said } else { format!("{words}: {said}") };
        }
        cause = inner.source();
    }
    if words.is_empty() { error.to_string() } else { words }
}
