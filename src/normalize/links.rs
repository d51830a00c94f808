//! Addresses: made absolute, rid of tracking parameters.

use url::Url;

/// Query parameters that only follow the reader about; matched by their beginning.
const TRACKING: [&str; 22] = [
    "utm_", "fbclid", "gclid", "gclsrc", "dclid", "wbraid", "gbraid", "msclkid", "yclid", "twclid",
    "igshid", "igsh", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "mkt_tok", "vero_", "oly_", "spm",
    "scm", "ref_src",
];

/// `href` against `base`, as an http(s) address without tracking parameters; `None` for what cannot be opened.
pub(super) fn absolute(href: &str, base: Option<&Url>) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    let url = match base {
        Some(base) => base.join(href).ok()?,
        // Without a page's address only the scheme is open, and today it is https.
        None if href.starts_with("//") => Url::parse(&format!("https:{href}")).ok()?,
        None => Url::parse(href).ok()?,
    };
    matches!(url.scheme(), "http" | "https").then(|| without_tracking(url))
}

/// `url` without the parameters that do not change what it shows.
pub(super) fn without_tracking(mut url: Url) -> Url {
    let Some(query) = url.query() else { return url };
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_tracking(pair)).collect();
    if kept.len() < query.split('&').count() {
        let joined = kept.join("&");
        url.set_query((!joined.is_empty()).then_some(joined.as_str()));
    }
    url
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    TRACKING.iter().any(|known| name == *known || (known.ends_with('_') && name.starts_with(known)))
}

/// Whether both hosts belong to one site: they share the last two labels, or the last three under endings such as `co.uk`.
pub(super) fn same_site(a: &Url, b: &Url) -> bool {
    a.host_str().map(site) == b.host_str().map(site)
}

fn site(host: &str) -> &str {
    let dots: Vec<usize> = host.rmatch_indices('.').map(|(at, _)| at).collect();
    let second_is_short = dots.len() > 1 && dots[0] - dots[1] <= 4;
    let keep = if second_is_short { 2 } else { 1 };
    dots.get(keep).map_or(host, |at| &host[at + 1..])
}

/// Where an address that only counts the click sends the reader on to: the address written inside it.
pub(super) fn target(url: &Url) -> Option<Url> {
    let text = url.as_str().replace("%3A", ":").replace("%3a", ":");
    let text = text.replace("%2F", "/").replace("%2f", "/");
    let at = ["http://", "https://"].iter().filter_map(|scheme| text.rfind(scheme)).max()?;
    (at > 0).then(|| Url::parse(&text[at..]).ok()).flatten()
}

/// Two addresses of one page: scheme, fragment and a closing slash make no difference.
pub(super) fn same_page(a: &Url, b: &Url) -> bool {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    a.host_str() == b.host_str() && path(a) == path(b) && a.query() == b.query()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_absolute_and_lose_only_their_tracking() {
        let base = Url::parse("https://example.org/a/b.html").unwrap();
        for (href, expected) in [
            ("/c?utm_source=x&id=7&fbclid=y", Some("https://example.org/c?id=7")),
            ("d.html?utm_medium=z", Some("https://example.org/a/d.html")),
            ("//cdn.example.net/e", Some("https://cdn.example.net/e")),
            ("https://example.org/?species=oak&spm=1", Some("https://example.org/?species=oak")),
            ("javascript:void(0)", None),
            ("mailto:ann@example.org", None),
            ("#top", None),
        ] {
            assert_eq!(
                absolute(href, Some(&base)).map(String::from).as_deref(),
                expected,
                "{href}"
            );
        }
        assert_eq!(absolute("/relative", None), None);
        assert_eq!(
            absolute("//a.example/b", None).map(String::from).as_deref(),
            Some("https://a.example/b")
        );
    }
}
