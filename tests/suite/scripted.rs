//! Bodies of pages that are made by scripts: what the page was sent with and does not show.

use crate::bodies::{PIER, 灯塔, article, page, paragraphs, refusal};

/// HTML as a script holds it.
fn escaped(html: &str) -> String {
    serde_json::to_string(html).unwrap().replace('<', "\\u003c").replace('>', "\\u003e")
}

#[test]
fn parts_streamed_in_hidden_containers_and_paid_parts_that_were_sent_are_read() {
    let html = page(&format!(
        "<main><h1>The New Pier</h1>{}</main><div hidden id=\"S:3\"><div>{}</div></div>",
        "<div class=skeleton></div>",
        paragraphs(&PIER)
    ));
    assert!(article(&html).text().contains(PIER[3]));
    let html = page(&format!(
        "<article><h1>The New Pier</h1>{}<div class=paywall hidden>{}</div></article>",
        paragraphs(&PIER[..1]),
        paragraphs(&PIER[1..])
    ));
    assert_eq!(article(&html).text(), PIER.join("\n\n"));
}

#[test]
fn an_article_that_only_a_script_holds_is_read_from_it() {
    let body = format!("<h2>The work</h2>{}", paragraphs(&PIER));
    let related = "<ul><li><a href=/1>The lighthouse is dark now</a></li><li><a href=/2>An island without a ferry</a></li></ul>";
    let next = serde_json::json!({"props": {"pageProps": {"post": {"body": body}}}}).to_string();
    let flight = serde_json::to_string(&format!("4:T{:x},{body}", body.len())).unwrap();
    for script in [
        format!("<script>CONFIG.content = {};</script>", escaped(&body)),
        format!("<script id=__NEXT_DATA__ type=application/json>{next}</script>"),
        format!(
            "<script>self.__next_f.push([1,\"4:T1f,\"])</script><script>self.__next_f.push([1,{}])</script>",
            escaped(&body)
        ),
        format!(
            "<script>// it's data\nwindow.__INITIAL_STATE__ = {{\"article\":{{\"html\":{}}}}};</script>",
            escaped(&body)
        ),
        format!(
            "<script>window.a = JSON.parse({});</script>",
            serde_json::to_string(&format!("{{\"html\":{}}}", escaped(&body))).unwrap()
        ),
    ] {
        let html = page(&format!("<h1>The New Pier</h1><div id=content></div>{related}{script}"));
        let found = article(&html);
        assert_eq!(found.sections[0].heading.as_deref(), Some("The work"), "{script}");
        assert_eq!(found.sections[0].text(), PIER.join("\n\n"), "{script}");
    }
    assert!(flight.contains("The work"));
}

#[test]
fn markdown_and_plain_bodies_in_scripts_are_read_too() {
    let markdown =
        format!("# 起因\n\n{}\n\n# 经过\n\n{}\n\n{}", 灯塔[0], 灯塔[1], 灯塔[2]).repeat(2);
    let script = format!(
        "<script>var detail = {{ markdown: {} }};</script>",
        serde_json::to_string(&markdown).unwrap()
    );
    let found = article(&page(&format!("<h1>旧灯塔的新用途</h1><div id=main></div>{script}")));
    assert_eq!(found.sections[0].heading.as_deref(), Some("起因"));
    let linked = serde_json::json!({"@type": "NewsArticle", "headline": "The New Pier", "articleBody": PIER.join("\n")});
    let script = format!("<script type=application/ld+json>{linked}</script>");
    let found = article(&page(&format!("<h1>The New Pier</h1><div id=main></div>{script}")));
    assert_eq!(found.text(), PIER.join("\n\n"));
}

#[test]
fn a_script_with_another_article_does_not_replace_the_one_on_the_page() {
    let shown = paragraphs(&PIER).repeat(2);
    let other = paragraphs(&灯塔).repeat(30);
    let html = page(&format!(
        "<article>{shown}</article><script>var next = {};</script>",
        escaped(&other)
    ));
    assert!(!article(&html).text().contains("灯塔"));
}

#[test]
fn an_article_for_readers_without_scripts_is_read_where_the_page_shows_none() {
    for prose in [paragraphs(&PIER), paragraphs(&灯塔).repeat(3)] {
        let html = page(&format!(
            "<h1>The New Pier</h1><div id=app></div><noscript><h2>造桥</h2>{prose}</noscript>"
        ));
        let found = article(&html);
        assert_eq!(found.sections[0].heading.as_deref(), Some("造桥"));
        assert!(prose.contains(&found.sections[0].blocks[2].text), "{}", found.text());
    }
    let shown = page(&format!(
        "<article>{}</article><noscript>{}</noscript>",
        paragraphs(&PIER).repeat(4),
        paragraphs(&灯塔).repeat(30)
    ));
    assert!(!article(&shown).text().contains("灯塔"));
    let asks =
        "<p>This page needs JavaScript, which your browser has turned off at the moment.</p>";
    let steps =
        "<p>Open the settings of your browser, look for scripts, and turn them on again.</p>";
    let html = page(&format!("<div id=app></div><noscript>{asks}{}</noscript>", steps.repeat(9)));
    assert!(refusal(&html).contains("scripts"));
}
