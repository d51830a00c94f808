//! The language of an article: what its words are in, over what the page declares.

use dom_query::{Document as Page, NodeRef};
use whatlang::Lang;

use super::dom;
use crate::domain::Language;

/// Characters that tell; more costs time and changes nothing.
const SAMPLE: usize = 1_000;
/// Fewer letters than this leave the declared language standing.
const ENOUGH: usize = 120;

/// The language of `text`, whose page declares `declared`.
pub(super) fn of(text: &str, declared: Option<&Language>) -> Option<Language> {
    let sample: String = text.chars().take(SAMPLE).collect();
    let Some(detected) = detect(&sample) else { return declared.cloned() };
    match declared {
        // The declaration knows the region; detection does not.
        Some(language) if language.primary() == detected.primary() => Some(language.clone()),
        Some(language) if letters(&sample) < ENOUGH => Some(language.clone()),
        _ => Some(detected),
    }
}

/// The language in which a page without a declaration speaks for the most part.
pub(super) fn of_page(page: &Page) -> Option<Language> {
    let body = page.body()?;
    let mut sample = String::new();
    for text in body.descendants_it().filter(NodeRef::is_text) {
        if text.parent().is_some_and(|parent| dom::is_named(&parent, dom::is_unseen)) {
            continue;
        }
        dom::with_text(&text, |text| sample.push_str(text));
        sample.push(' ');
        // Three bytes a Han character, and menus with much white space.
        if sample.len() > SAMPLE * 4 {
            break;
        }
    }
    of(&dom::squeeze(&sample), None)
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

fn detect(sample: &str) -> Option<Language> {
    let info = whatlang::detect(sample)?;
    // Scripts of one language need no statistics; Latin text does, and a short one deceives it.
    let certain = matches!(info.lang(), Lang::Cmn | Lang::Jpn | Lang::Kor) || info.is_reliable();
    let tag = if certain { tag(info.lang()) } else { None };
    tag.and_then(Language::parse)
}

/// The two-letter code where one exists, which is what pages and feeds use (BCP 47 prefers it).
fn tag(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Cmn => "zh",
        Lang::Eng => "en",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Bul => "bg",
        Lang::Ell => "el",
        Lang::Tur => "tr",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Pes => "fa",
        Lang::Hin => "hi",
        Lang::Tha => "th",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Cat => "ca",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Slv => "sl",
        Lang::Afr => "af",
        Lang::Zul => "zu",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHINESE: &str =
        "河水在春天上涨,村里的人们把船拖到高处。老人说,今年的水比往年来得早,也比往年来得急。";
    const ENGLISH: &str = "The river rises in spring, and the people of the village drag their boats to higher ground. The old say that the water came earlier this year than it ever did before.";

    #[test]
    fn the_words_decide_against_a_wrong_declaration() {
        assert_eq!(of(CHINESE, None).unwrap().as_str(), "zh");
        assert_eq!(of(ENGLISH, Language::parse("zh-CN").as_ref()).unwrap().as_str(), "en");
    }

    #[test]
    fn a_right_declaration_keeps_its_region_and_short_text_keeps_the_declaration() {
        assert_eq!(of(ENGLISH, Language::parse("en_GB").as_ref()).unwrap().as_str(), "en-GB");
        assert_eq!(of("Bonjour", Language::parse("fr").as_ref()).unwrap().as_str(), "fr");
    }
}
