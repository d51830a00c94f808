//! Namespaces as feeds really write them: declared, misdeclared, or only hinted at by a prefix.

use std::collections::HashMap;

/// What an element's name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// RSS in all versions, Atom in all versions, CDF; with or without namespace.
    Core,
    Content,
    DublinCore,
    Media,
    Itunes,
    Xhtml,
    /// Nothing that is read.
    Other,
}

/// Prefixes seen so far, with what they stand for.
#[derive(Debug, Default)]
pub(super) struct Prefixes {
    declared: HashMap<String, Vocabulary>,
}

impl Prefixes {
    /// Takes in the declarations among `attributes`.
    pub fn declare<V: AsRef<str>>(&mut self, attributes: &[(String, V)]) {
        for (name, uri) in attributes {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(rest) => match rest.strip_prefix(':') {
                    Some(prefix) => prefix,
                    None => continue,
                },
                None => continue,
            };
            self.declared.insert(prefix.to_owned(), by_address(uri.as_ref()));
        }
    }

    /// The vocabulary and the bare name, in lower case, of an element.
    pub fn resolve(&self, name: &str) -> (Vocabulary, String) {
        let name = name.to_ascii_lowercase();
        match name.split_once(':') {
            None => {
                let default = self.declared.get("").copied();
                // An unknown default namespace on a feed is a feed with a wrong namespace.
                let vocabulary = default.filter(|v| *v != Vocabulary::Other);
                (vocabulary.unwrap_or(Vocabulary::Core), name)
            }
            Some((prefix, local)) => {
                let known = self.declared.get(prefix).copied();
                let vocabulary = known.unwrap_or_else(|| by_prefix(prefix));
                (vocabulary, local.to_owned())
            }
        }
    }
}

/// By parts of the address: feeds write them with and without `www`, slash, `https` and version.
fn by_address(uri: &str) -> Vocabulary {
    let uri = uri.trim().to_ascii_lowercase();
    let holds = |part: &str| uri.contains(part);
    if holds("purl.org/dc") {
        Vocabulary::DublinCore
    } else if holds("modules/content") {
        Vocabulary::Content
    } else if holds("yahoo.com/mrss") {
        Vocabulary::Media
    } else if holds("itunes.com") || holds("example.com/dtds/podcast") {
        Vocabulary::Itunes
    } else if holds("1999/xhtml") || holds("tr/xhtml") {
        Vocabulary::Xhtml
    } else if is_core(&uri) {
        Vocabulary::Core
    } else {
        Vocabulary::Other
    }
}

fn is_core(uri: &str) -> bool {
    let parts = [
        "2005/atom",
        "purl.org/atom",
        "netscape.com/rdf",
        "backend.userland.com/rss",
        "blogs.law.harvard.edu/tech/rss",
        "purl.org/net/rss1.1",
        "1999/02/22-rdf-syntax",
    ];
    let is_rss = uri.contains("purl.org/rss/1.0") && !uri.contains("modules");
    uri.is_empty() || is_rss || parts.iter().any(|part| uri.contains(part))
}

fn by_prefix(prefix: &str) -> Vocabulary {
    match prefix {
        "dc" | "dcterms" => Vocabulary::DublinCore,
        "content" => Vocabulary::Content,
        "media" => Vocabulary::Media,
        "itunes" => Vocabulary::Itunes,
        "xhtml" => Vocabulary::Xhtml,
        "atom" | "atom10" | "atom03" | "rss" | "rdf" | "a10" => Vocabulary::Core,
        _ => Vocabulary::Other,
    }
}
