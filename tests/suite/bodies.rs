//! The body of an article, found in invented pages that are as awkward as real ones.

use chrono::DateTime;
use pressroom::domain::{Article, BlockKind, Document, IdentityRule, MediaType, SourceId};
use pressroom::normalize::{NormalizeError, Normalized, Overrides, Settings, normalize};
use url::Url;

pub const PIER: [&str; 4] = [
    "The pier at Holm was rebuilt after the storm of last winter, and nobody counted the planks that it took.",
    "Two carpenters did most of the work; they came from the island in the morning and went back with the tide.",
    "The harbour master paid them in coal, which was scarce, and in rope, of which there was too much.",
    "When the first boat tied up in April, the whole village stood on the new boards and listened to them creak.",
];
pub const 灯塔: [&str; 3] = [
    "旧灯塔在去年冬天熄了灯，现在里面住着三位气象员，他们每天记录四次风向。",
    "没有人要求他们这样做，但日志的纸还剩下很多，而风也从来没有停过。",
    "到了春天，第一艘船靠岸的时候，全村的人都站在新的木板上听它们作响。",
];

fn run(html: &str) -> Result<Normalized, NormalizeError> {
    let document = Document {
        reference: "a".into(),
        url: Url::parse("https://valley.example/news/pier.html").ok(),
        fetched_at: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap(),
        media_type: MediaType::Html,
        text: html.into(),
        digest: String::new(),
    };
    let source = SourceId::new("valley").unwrap();
    normalize(
        &document,
        &Settings { source, identity: IdentityRule::Path, overrides: Overrides::default() },
    )
}

pub fn article(html: &str) -> Article {
    run(html).unwrap().article
}

pub fn paragraphs(texts: &[&str]) -> String {
    texts.iter().flat_map(|text| ["<p>", text, "</p>\n"]).collect()
}

pub fn page(body: &str) -> String {
    format!("<html><head><title>The New Pier</title></head><body>{body}</body></html>")
}

pub fn refusal(html: &str) -> String {
    let error = run(html).unwrap_err();
    assert_eq!(error.kind(), "no_article", "{error}");
    error.to_string()
}

#[test]
fn what_stands_around_the_article_stays_out_of_it() {
    let noise = [
        "<nav><a href=/>Home</a> <a href=/sea>Sea</a></nav>",
        "<aside><p>A word from the shop, which has boots, ropes, and lamps for every weather.</p></aside>",
        "<div class=newsletter-box><p>Join our list, it is free, and you can leave it whenever you like.</p></div>",
        "<div class=CommentList><p>I was there, and the boards did not creak at all, said a reader.</p></div>",
        "<form><p>Give us your address, and we shall write to you.</p><input></form>",
        "<div class=author-bio><p>Ann Lee writes about harbours, boats and weather, and lives by the sea.</p></div>",
    ];
    let (before, after) = noise.split_at(3);
    let html = page(&format!(
        "{}<h1>The New Pier</h1><div>{}</div>{}",
        before.concat(),
        paragraphs(&PIER),
        after.concat()
    ));
    assert_eq!(article(&html).text(), PIER.join("\n\n"));
}

#[test]
fn cards_to_other_articles_between_the_paragraphs_are_not_the_article() {
    let card = "<div><a href=/other><h3>The lighthouse is dark</h3><p>Three people live in it now.</p></a></div>";
    let line = "<p>Read also: <a href=/third>What became of the island after the war</a></p>";
    let html = page(&format!(
        "<article><h1>The New Pier</h1>{}{card}{}{line}{}</article>",
        paragraphs(&PIER[..2]),
        paragraphs(&PIER[2..3]),
        paragraphs(&PIER[3..]),
    ));
    assert_eq!(article(&html).text(), PIER.join("\n\n"));
}

#[test]
fn a_picture_with_its_caption_is_a_figure_whose_words_are_not_prose() {
    let html = page(&format!(
        "<article>{}<div class=wide><div><img src=/p.jpg></div><div>The pier at dawn, last week.</div></div>{}</article>",
        paragraphs(&PIER[..2]),
        paragraphs(&PIER[2..]),
    ));
    let found = article(&html);
    assert_eq!(found.text(), PIER.join("\n\n"));
    let figures = found.sections[0].blocks.iter().filter(|block| block.kind == BlockKind::Figure);
    assert_eq!(figures.map(|block| block.html.contains("at dawn")).collect::<Vec<_>>(), [true]);
    assert_eq!(found.media[0].alt.as_deref(), Some("The pier at dawn, last week."));
}

#[test]
fn an_old_page_of_tables_and_line_breaks_gives_its_article() {
    let menu = "<td><a href=/1>首页</a><br><a href=/2>新闻</a><br><a href=/3>体育</a><br><a href=/4>论坛</a></td>";
    let html = page(&format!(
        "<table><tr>{menu}<td><table><tr><td><b>旧灯塔的新用途</b></td></tr><tr><td>{}</td></tr></table></td></tr></table><table><tr><td>版权所有 ICP备00000000号，未经许可，不得转载本站的任何内容。</td></tr></table>",
        灯塔.join("<br><br>")
    ));
    let text = article(&html).text();
    assert!(text.ends_with(灯塔[2]) && text.contains(灯塔[0]), "{text}");
    assert!(!text.contains("论坛") && !text.contains("版权"), "{text}");
}

#[test]
fn chinese_bytes_read_as_latin_letters_are_read_again() {
    let html =
        page(&format!("<h1>旧灯塔的新用途</h1><article>{}</article>", paragraphs(&灯塔).repeat(3)));
    let bytes = encoding_rs::GBK.encode(&html).0;
    let misread = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0;
    assert!(article(&misread).text().contains(灯塔[1]));
}

#[test]
fn a_page_that_refuses_says_what_it_is() {
    let menu = "<nav><a href=/a>Home</a><a href=/b>News</a></nav>";
    for (body, word) in [
        (
            "<h1>404</h1><p>Page not found. The page that you asked for has moved, or never was.</p>",
            "error page",
        ),
        (
            "<h1>页面不存在</h1><p>您访问的页面不存在，可能已经被删除，请返回首页继续浏览。</p>",
            "error page",
        ),
        (
            "<h1>Access Denied</h1><p>You do not have permission to view this page, it says here.</p>",
            "refused",
        ),
        (
            "<p>You need to enable JavaScript to run this app.</p><div id=root></div><script>boot()</script>",
            "scripts",
        ),
        (
            "<h1>Sign in to continue</h1><form><input name=u><input type=password></form><p>Readers with an account see all, and it costs nothing.</p>",
            "login",
        ),
        ("<div id=app></div><script src=/app.js></script>", "scripts"),
    ] {
        let message = refusal(&page(&format!("{menu}{body}")));
        assert!(message.contains(word), "{body}: {message}");
    }
}

#[test]
fn an_article_about_errors_is_an_article() {
    let html = page(&format!(
        "<h1>Why a page is not found</h1><article><p>404 Not Found</p>{}{}</article>",
        paragraphs(&PIER),
        paragraphs(&PIER).replace("pier", "page")
    ));
    assert!(article(&html).text().contains(PIER[0]));
}

#[test]
fn further_pages_of_the_article_are_reported() {
    let html = page(&format!(
        "<article>{}</article><div><a href=pier.html>1</a> <a href=pier_2.html>2</a> <a href=pier_3.html>3</a> <a href=pier_2.html>下一页</a> <a href=lighthouse_2.html>2</a></div>",
        paragraphs(&PIER)
    ));
    let found: Vec<String> =
        run(&html).unwrap().further_pages.into_iter().map(String::from).collect();
    assert_eq!(
        found,
        ["https://valley.example/news/pier_2.html", "https://valley.example/news/pier_3.html"]
    );
}

#[test]
fn names_before_and_links_after_the_prose_are_left_out() {
    let html = page(&format!(
        "<article><h1>The New Pier</h1><p>Harbours</p><p>Ann Lee</p>{}<p><a href=/t1>harbours of the north</a>, <a href=/t2>boats and ropes</a></p></article>",
        paragraphs(&PIER)
    ));
    assert_eq!(article(&html).text(), PIER.join("\n\n"));
}

#[test]
fn bold_lines_are_headings_where_a_page_has_no_others() {
    let part = |line: &str, text: &str| format!("<p><strong>{line}</strong></p><p>{text}</p>");
    let body = format!(
        "<p>{}</p>{}{}",
        PIER[0],
        part("The carpenters", PIER[1]),
        part("Paid in coal", PIER[2])
    );
    let headings = |html: &str| -> Vec<String> {
        article(&page(html)).sections.into_iter().filter_map(|section| section.heading).collect()
    };
    assert_eq!(headings(&format!("<article>{body}</article>")), ["The carpenters", "Paid in coal"]);
    let with_real = format!("<article>{body}<h2>The boats</h2><p>{}</p></article>", PIER[3]);
    assert_eq!(headings(&with_real), ["The boats"]);
}

#[test]
fn media_played_in_place_become_links_and_media_and_what_counts_or_sells_does_not() {
    let html = page(&format!(
        concat!(
            "<article>{}<div class=video-player><iframe src=\"https://www.youtube.com/embed/abc?utm_source=x\" title=\"造桥的人 & co\"></iframe></div>",
            "<video width=600><source src=/film.mp4></video><iframe src=//count.example/p width=1 height=1></iframe>",
            "<iframe src=https://ads.example/box></iframe><div class=comments><iframe src=https://talk.example/x></iframe></div>",
            "<iframe style=\"display: none\" src=https://hidden.example/></iframe>{}</article>"
        ),
        paragraphs(&PIER[..2]),
        paragraphs(&PIER[2..]),
    ));
    let found = article(&html);
    let expected =
        [PIER[0], PIER[1], "造桥的人 & co", "valley.example", PIER[2], PIER[3]].join("\n\n");
    assert_eq!(found.text(), expected);
    assert!(
        found.sections[0].html().contains("href=\"https://www.youtube.com/embed/abc\""),
        "{}",
        found.sections[0].html()
    );
    let media: Vec<(&str, Option<&str>, Option<&str>)> = found
        .media
        .iter()
        .map(|media| (media.url.as_str(), media.media_type.as_deref(), media.alt.as_deref()))
        .collect();
    assert_eq!(
        media,
        [
            ("https://www.youtube.com/embed/abc", None, Some("造桥的人 & co")),
            ("https://valley.example/film.mp4", Some("video/mp4"), None),
        ]
    );
}

#[test]
fn a_film_before_the_first_paragraph_stays_and_the_page_keeps_its_picture() {
    let html = page(&format!(
        "<article><iframe src=https://films.example/7></iframe>{}</article>",
        paragraphs(&PIER)
    ));
    let html = html.replace("<head>", "<head><meta property=og:image content=/pier.jpg>");
    let found = article(&html);
    let media: Vec<&str> = found.media.iter().map(|media| media.url.as_str()).collect();
    assert_eq!(media, ["https://valley.example/pier.jpg", "https://films.example/7"]);
}

#[test]
fn formulas_are_their_tex_once_however_they_are_drawn() {
    let mathml = r#"<math><semantics><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow><annotation encoding="application/x-tex">a<b></b>_1 \lt b</annotation></semantics></math>"#;
    let mathml = mathml.replace("<b></b>", "");
    for drawn in [
        mathml.clone(),
        format!(
            "<span class=katex-display><span class=katex><span class=katex-mathml>{mathml}</span><span class=katex-html aria-hidden=true>a1&lt;b</span></span></span>"
        ),
        r#"<span class=MathJax_Preview>a1</span><span class=MathJax>a1 b</span><script type="math/tex">a_1 \lt b</script>"#.to_owned(),
        r#"<span class=mwe-math-element><span style="display:none"><math alttext="a_1 \lt b"><mi>a</mi></math></span><img src=/f.svg alt="a_1 \lt b"></span>"#.to_owned(),
    ] {
        let html = page(&format!(
            "<article><p>{}</p><p>The planks obey {drawn}, as 潮水 does.</p>{}</article>",
            PIER[0],
            paragraphs(&PIER[1..])
        ));
        let found = article(&html);
        assert_eq!(found.sections[0].blocks[1].text, r"The planks obey a_1 \lt b, as 潮水 does.", "{drawn}");
        let code = r#"<code class="language-tex">a_1 \lt b</code>"#;
        assert!(found.sections[0].html().contains(code), "{}", found.sections[0].html());
    }
}

#[test]
fn notes_are_called_by_marks_and_stand_in_a_list_at_the_end() {
    for (first, second, heading) in [
        ("The log of the harbour, page 7.", "A plank is two feet wide.", "Notes"),
        ("《港口日志》，第七页。", "一块木板宽两尺。", "脚注"),
    ] {
        let html = page(&format!(
            concat!(
                "<article><p>{}<sup><a href=\"#fn1\">1</a></sup></p><p>{}<a href=\"#fn2\" role=doc-noteref><sup>2</sup></a></p>{}",
                "<footer class=footnotes><h2>{}</h2><ol><li id=fn1><p>{} <a href=\"#r1\">↩</a></p></li><li id=fn2>{} <a href=\"#r2\">↩</a></li></ol></footer>",
                "</article><p>See <a href=\"#top\">1</a></p>"
            ),
            PIER[0],
            PIER[1],
            paragraphs(&PIER[2..]),
            heading,
            first,
            second
        ));
        let found = article(&html);
        let blocks: Vec<&str> = found
            .sections
            .iter()
            .flat_map(|s| &s.blocks)
            .map(|block| block.text.as_str())
            .collect();
        let (one, two) = (format!("{}[1]", PIER[0]), format!("{}[2]", PIER[1]));
        let list = format!("[1] {first}\n[2] {second}");
        assert_eq!(blocks, [&one, &two, PIER[2], PIER[3], &list]);
        let last = found.sections.last().unwrap().blocks.last().unwrap();
        assert_eq!(last.kind, BlockKind::List);
        assert!(!found.sections.iter().any(|section| section.html().contains("<a")));
    }
}

#[test]
fn old_elements_for_code_are_code_and_code_keeps_its_language() {
    let html = page(&format!(
        "<article>{}<xmp>if a < b:\n  <b>x</b></xmp><div class=\"highlight lang-rust\"><pre>f()</pre></div><pre><code class=language-c++>g();</code></pre>{}</article>",
        paragraphs(&PIER[..2]),
        paragraphs(&PIER[2..]),
    ));
    let found = article(&html);
    let code: Vec<(&str, bool)> = found.sections[0]
        .blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Code)
        .zip(["<pre>", "language-rust", "language-c++"])
        .map(|(block, mark)| (block.text.as_str(), block.html.contains(mark)))
        .collect();
    assert_eq!(code, [("if a < b:\n  <b>x</b>", true), ("f()", true), ("g();", true)]);
}

#[test]
fn hostile_pages_end_in_a_named_error_or_in_an_article() {
    let links = "<a href=/x>Related</a> ".repeat(40_000);
    let images = format!("<div>{}</div>", "<img src=/a.jpg>".repeat(30_000));
    let deep = format!("{}{}", "<div>".repeat(300), "<b>x</b>".repeat(50_000));
    let title = "a - ".repeat(20_000);
    for (html, kinds) in [
        (links, ["no_article", ""]),
        (images, ["no_article", ""]),
        (deep, ["too_costly", ""]),
        (format!("<title>{title}</title>{}", paragraphs(&PIER)), ["", ""]),
        (
            format!("<title>t</title>{}", "<p>A sentence, and one more. ".repeat(2_000_000)),
            ["too_large", "too_many_nodes"],
        ),
        (format!("<title>t\0</title>\0{}\0", paragraphs(&PIER)), ["", ""]),
    ] {
        let kind = run(&html).err().map_or("", |error| error.kind());
        assert!(kinds.contains(&kind), "{kind} for {}", &html[..60]);
    }
}

#[test]
fn a_short_page_keeps_the_paragraphs_beside_its_longest() {
    let first = "一月二十日，镇上的学校举办剪纸活动，大家都来了。";
    let second = "孩子们认认真真地在红纸中间剪出两条鱼，在红纸四周剪出波浪和船，又把剪好的窗花贴在每一扇窗户上，用自己的方式迎接新年，老人们看了都说，这是镇上许多年来最好看的一次，明年还要再办。";
    let found = article(&page(&format!(
        "<div class=top><a href=/>首页</a></div><h1>剪窗花</h1><div>{}</div>",
        paragraphs(&[first, second])
    )));
    assert_eq!(found.text(), format!("{first}\n\n{second}"));
}

#[test]
fn every_limit_has_an_error_of_its_own() {
    let text = paragraphs(&PIER);
    for (name, html, kind) in [
        ("attributes", format!("<p {}>{text}", "a=1 ".repeat(10_000)), "too_many_attributes"),
        ("nodes", format!("{text}{}", "<br>".repeat(450_000)), "too_many_nodes"),
        ("depth", format!("{}{text}", "<div>".repeat(3_000)), "too_deep"),
        ("bytes", format!("{text}{}", " ".repeat(17 << 20)), "too_large"),
        ("steps", format!("{}{}", "<div>".repeat(300), "<b>x</b>".repeat(50_000)), "too_costly"),
        ("letters", "\u{1}\u{2}\u{3}PK".repeat(50), "not_text"),
        ("nothing", " \n".to_owned(), "empty"),
    ] {
        assert_eq!(run(&html).map(|_| ()).unwrap_err().kind(), kind, "{name}");
    }
}
