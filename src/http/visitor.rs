//! Who asks for a page: the language to speak, what the browser has already, and from where.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, COOKIE, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE, SET_COOKIE,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response};
use axum::middleware::Next;
use url::form_urlencoded;

use super::pages::frame;
use super::routes::Web;
use crate::domain::{Language, Locale};

/// Who asks for a page.
#[derive(Debug)]
pub(super) struct Visitor {
    /// The language of the page's own words: chosen by `?lang=`, now or earlier, else the browser's.
    pub locale: Locale,
    /// The request's headers.
    pub headers: HeaderMap,
}

impl Visitor {
    /// Whether a person who opened the address of a feed by hand would rather have its page. No feed reader may ever take part in
    /// this, whatever it says it accepts: some accept HTML first. What counts is said by browsers alone, of what goes into a
    /// window (Fetch Metadata; scripts and extensions cannot say it), and never of what was asked for with a condition. Who comes
    /// from a page of ours has clicked on the file and shall see it.
    pub fn wants_a_page(&self) -> bool {
        let said = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok());
        let opens_a_window = said("sec-fetch-dest") == Some("document")
            && said("sec-fetch-mode") == Some("navigate")
            && said("sec-fetch-site").is_some_and(|site| site != "same-origin");
        let accepted = said("accept").unwrap_or_default();
        let reads_feeds = ["rss", "atom", "feed"].iter().any(|kind| accepted.contains(kind));
        let asks_again = [IF_NONE_MATCH, IF_MODIFIED_SINCE, RANGE];
        opens_a_window
            && accepted.starts_with("text/html")
            && !reads_feeds
            && !self.headers.contains_key("a-im")
            && !asks_again.iter().any(|name| self.headers.contains_key(name))
    }
}

/// What a query says of `name`.
pub(super) fn asked(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let chosen = parts.uri.query().and_then(chosen).or_else(|| remembered(&parts.headers));
        let locale = chosen.unwrap_or_else(|| preferred(&parts.headers));
        Ok(Self { locale, headers: parts.headers.clone() })
    }
}

/// The address that asks: the peer's own, or what proxies that are known say of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client(pub IpAddr);

impl FromRequestParts<Arc<Web>> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer =
            peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip().to_canonical());
        Ok(Self(behind(peer, &parts.headers, &web.proxies)))
    }
}

/// The last address of `X-Forwarded-For` that no known proxy has; anybody can write the ones before it.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    if !proxies.contains(&peer) {
        return peer;
    }
    let named = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let named: Vec<IpAddr> =
        named.flat_map(|list| list.split(',')).filter_map(|one| one.trim().parse().ok()).collect();
    named.into_iter().rev().find(|address| !proxies.contains(address)).unwrap_or(peer)
}

fn chosen(query: &str) -> Option<Locale> {
    Language::parse(&asked(query, "lang")?).map(|language| Locale::of(&language))
}

/// The cookie with which a language that was chosen stays chosen; it says nothing else.
const CHOSEN: &str = "lang=";

fn remembered(headers: &HeaderMap) -> Option<Locale> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|list| list.split(';')).map(str::trim);
    chosen(pairs.find(|pair| pair.starts_with(CHOSEN))?)
}

/// Lets the browser remember the language that was chosen with this request.
pub(super) async fn remember(
    State(web): State<Arc<Web>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let chosen = request.uri().query().and_then(chosen);
    let mut response = next.run(request).await;
    if let Some(locale) = chosen {
        let tag = if locale == Locale::Chinese { "zh" } else { "en" };
        let base = frame(&web, locale, "").base();
        let secure = if web.context.site.public_url.scheme() == "https" { "; Secure" } else { "" };
        let cookie =
            format!("{CHOSEN}{tag}; Path={base}; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}

/// RFC 9110 §12.5.4: the language of ours with the highest weight; English where none is named.
fn preferred(headers: &HeaderMap) -> Locale {
    let Some(accepted) = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()) else {
        return Locale::default();
    };
    let weighted = accepted.split(',').filter_map(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let language = Language::parse(pieces.next()?)?;
        let is_ours = matches!(language.primary(), "en" | "zh");
        let weight = pieces.find_map(|piece| piece.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        is_ours.then(|| (weight, Locale::of(&language)))
    });
    // Of equal weights the first one counts.
    let best =
        weighted.reduce(|best: (f32, Locale), next| if next.0 > best.0 { next } else { best });
    best.filter(|(weight, _)| *weight > 0.0).map_or_else(Locale::default, |(_, locale)| locale)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    #[test]
    fn only_a_known_proxy_is_believed_about_who_asks() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "198.51.100.7, 203.0.113.9".parse().unwrap());
        let (proxy, stranger) = ("127.0.0.1".parse().unwrap(), "192.0.2.4".parse().unwrap());
        assert_eq!(behind(stranger, &headers, &[proxy]), stranger);
        assert_eq!(behind(proxy, &headers, &[proxy]), "203.0.113.9".parse::<IpAddr>().unwrap());
        assert_eq!(behind(proxy, &HeaderMap::new(), &[proxy]), proxy);
    }

    #[test]
    fn the_browsers_first_language_of_ours_is_spoken() {
        let spoken = |accepted: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, accepted.parse().unwrap());
            preferred(&headers)
        };
        assert_eq!(spoken("zh-CN,zh;q=0.9,en;q=0.8"), Locale::Chinese);
        assert_eq!(spoken("de-DE,de;q=0.9,en;q=0.5,zh;q=0.7"), Locale::Chinese);
        assert_eq!(spoken("fr"), Locale::English);
        assert_eq!(spoken("zh;q=0"), Locale::English);
        assert_eq!(chosen("a=b&lang=zh"), Some(Locale::Chinese));
    }

    fn visitor(headers: &str) -> Visitor {
        let pairs = headers.lines().filter_map(|line| line.split_once(": "));
        let pairs = pairs.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Visitor {
            locale: Locale::English,
            headers: pairs.collect::<Vec<(HeaderName, _)>>().into_iter().collect(),
        }
    }

    /// What browsers accept when they fill a window.
    const WINDOW: &str =
        "accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\n";
    const OPENED: &str = "sec-fetch-dest: document\nsec-fetch-mode: navigate\nsec-fetch-site: none\nsec-fetch-user: ?1\n";

    #[test]
    fn a_person_who_opens_a_feed_by_hand_is_offered_its_page() {
        assert!(visitor(&format!("{WINDOW}{OPENED}")).wants_a_page());
        let from_a_link = OPENED.replace("none", "cross-site");
        assert!(visitor(&format!("{WINDOW}{from_a_link}")).wants_a_page());
        let from_our_page = OPENED.replace("none", "same-origin");
        assert!(
            !visitor(&format!("{WINDOW}{from_our_page}")).wants_a_page(),
            "the file was clicked on"
        );
    }

    #[test]
    fn no_feed_reader_is_taken_for_a_person() {
        for accept in [
            "",
            "*/*",
            "text/html, text/*;q=0.9, image/jpeg;q=0.9, */*;q=0.8",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/rss+xml, application/rdf+xml, application/atom+xml, application/xml, text/xml",
            "application/atom+xml,application/rss+xml;q=0.9,application/xml;q=0.8,text/html;q=0.7,*/*;q=0.1",
            "application/xml, application/atom+xml, application/rss+xml, application/feed+json, text/html, */*;q=0.9",
            "application/feed+json, text/html",
        ] {
            let plain =
                visitor(&format!("accept: {accept}\nuser-agent: Reader/1.0 (like Mozilla)\n"));
            assert!(!plain.wants_a_page(), "{accept}");
            // A reader within a browser: a page or an extension that fetches.
            let within =
                "sec-fetch-dest: empty\nsec-fetch-mode: cors\nsec-fetch-site: cross-site\n";
            assert!(!visitor(&format!("accept: {accept}\n{within}")).wants_a_page(), "{accept}");
            if accept != "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
                && !accept.starts_with("text/html, text/*")
            {
                assert!(
                    !visitor(&format!("accept: {accept}\n{OPENED}")).wants_a_page(),
                    "{accept}"
                );
            }
        }
        for more in
            ["if-none-match: \"a\"", "if-modified-since: x", "a-im: feed", "range: bytes=0-"]
        {
            assert!(!visitor(&format!("{WINDOW}{OPENED}{more}\n")).wants_a_page(), "{more}");
        }
    }
}
