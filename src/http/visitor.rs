//! Who asks for a page: the language to speak, what the browser has already, and from where.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;

use super::routes::Web;
use crate::domain::{Language, Locale};

/// Who asks for a page.
#[derive(Debug)]
pub(super) struct Visitor {
    /// The language of the page's own words: chosen by `?lang=`, else the browser's.
    pub locale: Locale,
    /// The request's headers.
    pub headers: HeaderMap,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let chosen = parts.uri.query().and_then(chosen);
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
    let tag = query.split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    Language::parse(tag).map(|language| Locale::of(&language))
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
}
