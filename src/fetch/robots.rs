//! robots.txt (RFC 9309): what a host lets us read.

use robotxt::Robots;
use url::Url;

use super::FetchError;
use super::http::Exchange;

/// The name by which robots.txt may speak to us.
const AGENT: &str = "pressroom";

/// RFC 9309 §2.5: at least 500 KiB must be read. What is beyond is not.
pub(super) const MOST_BYTES: usize = 512 * 1024;

/// The rules that the host of `url` has for us, in few lines; none where there is no robots.txt.
pub(super) async fn fetch(exchange: &Exchange<'_>, url: &Url) -> Result<String, FetchError> {
    let mut place = url.clone();
    place.set_path("/robots.txt");
    place.set_query(None);
    let unreachable =
        |reason: String| FetchError::RobotsUnreachable { url: place.to_string(), reason };
    // RFC 9309 §2.3.1.4: who cannot be asked has not agreed.
    let page = exchange.beginning(&place, MOST_BYTES).await;
    let page = page.map_err(|error| unreachable(error.to_string()))?;
    match page.status {
        200..300 => Ok(rules_for_us(&page.bytes)),
        429 | 500.. => Err(unreachable(format!("it answered {}", page.status))),
        // §2.3.1.3: no rules, no restriction.
        _ => Ok(String::new()),
    }
}

/// Whether `rules` let us read `url`.
pub fn allows(rules: &str, url: &Url) -> bool {
    rules.is_empty() || Robots::parse(rules.as_bytes(), AGENT).is_url_allowed(url)
}

/// Only the lines of the group that means us.
fn rules_for_us(bytes: &[u8]) -> String {
    let robots = Robots::parse(bytes, AGENT);
    if robots.rules().is_empty() {
        return String::new();
    }
    let lines = robots.rules().iter().map(|rule| {
        let word = if rule.is_allow() { "Allow" } else { "Disallow" };
        format!("{word}: {}\n", rule.pattern())
    });
    std::iter::once("User-agent: *\n".to_owned()).chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(robots: &str, path: &str) -> bool {
        let url = Url::parse("https://site.example").unwrap().join(path).unwrap();
        allows(&rules_for_us(robots.as_bytes()), &url)
    }

    #[test]
    fn the_group_that_means_us_decides() {
        let robots = "User-agent: *\nDisallow: /\n\nUser-agent: Pressroom\nDisallow: /private/\nAllow: /private/open.html\n";
        assert!(allowed(robots, "/feed.xml"));
        assert!(!allowed(robots, "/private/diary.html"));
        assert!(allowed(robots, "/private/open.html"), "the longest rule wins");
        assert!(!allowed("User-agent: *\nDisallow: /*.php$", "/index.php"));
        assert!(allowed("User-agent: *\nDisallow: /*.php$", "/index.php?id=1"));
    }

    #[test]
    fn what_is_no_robots_txt_restricts_nothing() {
        for robots in ["", "<!doctype html><title>Not found</title>", "Disallow: /", "\u{FEFF}"] {
            assert!(allowed(robots, "/feed.xml"), "{robots}");
        }
    }

    #[test]
    fn rules_are_kept_with_characters_that_need_escaping() {
        let robots = "User-agent: *\nDisallow: /灯塔/*?q=\nDisallow: /a#b\n";
        assert!(!allowed(robots, "/灯塔/x?q=1"));
        assert!(allowed(robots, "/码头/x?q=1"));
    }
}
