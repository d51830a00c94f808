//! Articles that are not the longest text of their page: short posts, poems, and text that other boxes outweigh.

use crate::bodies::{PIER, article, page, paragraphs, refusal};

const NOTICE: &str = "<div id=cookie-law class=widget><p>Privacy and cookies: this site uses cookies. If you go on reading, you agree to their use, whatever the weather and whoever you are.</p></div>";
const POEM: &str = "<h1>The New Pier</h1><div>Planks<br>and rope<br>and coal<br>and the tide<br>the boards creak<br>the boat ties up<br>nobody counts<br>what it took<br>all winter long<br>in the dark<br>by the sea</div>";
const SAYS_ARTICLE: &str = "<meta property=og:type content=article>";

#[test]
fn a_short_post_is_not_the_notice_about_cookies_that_is_longer() {
    let post = "<h1>The New Pier</h1><p>The pier stands again, and nobody counted the planks; come and see it on Sunday, at noon, when the tide is high.</p>";
    let found = article(&page(&format!("{post}{NOTICE}"))).text();
    assert!(found.contains("nobody counted") && !found.contains("cookies"), "{found}");
}

#[test]
fn a_poem_is_an_article_where_the_page_says_so_and_a_menu_never_is() {
    let menu = "<h1>The New Pier</h1><ul><li><a href=/a>The old pier and its planks</a><li><a href=/b>The harbour master and his coal</a><li><a href=/c>The island in the morning tide</a></ul>";
    let found = article(&page(&format!("{SAYS_ARTICLE}{POEM}"))).text();
    assert!(found.contains("nobody counts"), "{found}");
    refusal(&page(POEM));
    refusal(&page(&format!("{SAYS_ARTICLE}{menu}")));
}

#[test]
fn a_page_that_holds_its_text_twice_says_it_once() {
    let text = paragraphs(&PIER);
    let found = article(&page(&format!(
        "<h1>The New Pier</h1><article><div class=wide>{text}</div><div class=narrow>{text}</div></article>"
    )));
    assert_eq!(found.text().matches("two carpenters").count(), 0);
    assert_eq!(found.text().matches("Two carpenters").count(), 1);
}

#[test]
fn readings_above_the_line_are_not_read_out_within_it() {
    let ruby = "<ruby>灯塔<rp>(</rp><rt>とうだい</rt><rp>)</rp></ruby>";
    let text = format!("<p>{ruby}の灯は、去年の冬に消えた。今は三人の気象員が住んでいて、一日に四回、風を記録している。</p>").repeat(2);
    let found = article(&format!(
        "<html lang=ja><head><title>灯塔の灯</title></head><body><h1>{ruby}の灯</h1>{text}</body></html>"
    ));
    assert_eq!(found.title, "灯塔の灯");
    assert!(found.text().starts_with("灯塔の灯は"), "{}", found.text());
}

#[test]
fn a_script_that_tells_what_the_title_says_is_the_article_where_the_page_shows_its_author() {
    let author = "<div><p>Mary Finch has written of piers, planks and tides for the Lantern since she was a girl of twelve, and she still rows out every morning to see them.</p><p>Her daily needs include a lamp, a rope, a cat that does not mind the spray, and a pen that writes in the rain; her books are sold in the shop at the harbour.</p><p>Before that she worked as a carpenter, a cook, and a teacher at the school on the island, where she taught reading, knots, and the names of all the winds.</p><p>She lives above the ropewalk, with a view of the mole, and answers letters on Thursdays, when the boat does not sail.</p></div>";
    let body = paragraphs(&PIER)
        + &paragraphs(
            &PIER.map(|text| text.replace("the ", "that ")).each_ref().map(String::as_str),
        );
    let body = body.repeat(2).replace(['"', '\n'], "").replace('<', "\\u003c");
    let html = format!(
        "<html><head><title>Harbour villagers rebuilt their pier from planks and rope</title></head><body><h1>Harbour villagers rebuilt their pier from planks and rope</h1>{author}<script>window.__STATE__ = {{\"body\":\"{body}\"}};</script></body></html>"
    );
    let found = article(&html).text();
    assert!(found.contains("harbour master paid"), "{found}");
}
