//! Small values: languages, media types, numbers.

/// RFC 5646 §2.1: a language subtag of two or three letters that is in use, `i-`, `x-`.
pub(super) fn is_language(value: &str) -> bool {
    let primary = value.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match primary.len() {
        1 => matches!(primary.as_str(), "i" | "x"),
        2 => LANGUAGES.split(' ').any(|known| known == primary),
        // ISO 639-2 and -3 fill the space of three letters densely; only the shape is looked at.
        3 => primary.bytes().all(|b| b.is_ascii_lowercase()),
        _ => false,
    }
}

/// ISO 639-1, with the five codes it withdrew and feeds still carry.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy \
    da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii \
    ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi \
    mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd \
    se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa \
    wo xh yi yo za zh zu";

/// RFC 2045 §5.1: type, subtype, parameters.
pub(super) fn is_media_type(value: &str) -> bool {
    let is_token = |text: &str| {
        !text.is_empty()
            && text.chars().all(|c| !c.is_whitespace() && !"()<>,;:\\\"/[]?=".contains(c))
    };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let fits = essence.split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub));
    fits && parts.all(|part| {
        part.split_once('=').is_some_and(|(name, value)| {
            is_token(name)
                && (is_token(value)
                    || value.len() > 1 && value.starts_with('"') && value.ends_with('"'))
        })
    })
}

/// A whole number as people write it.
pub(super) fn integer(value: &str) -> Option<i64> {
    value.trim().parse().ok()
}

/// Seconds, minutes:seconds or hours:minutes:seconds.
pub(super) fn is_duration(value: &str) -> bool {
    let parts: Vec<&str> = value.split(':').collect();
    let digits = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let sixtieth = |text: &str| text.len() == 2 && text.as_bytes()[0] < b'6';
    parts.len() <= 3 && parts.iter().all(digits) && parts.iter().skip(1).all(|p| sixtieth(p))
}
