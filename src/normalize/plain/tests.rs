//! The short way gives what the long way gives, wherever it gives anything.

use std::sync::LazyLock;

use chrono::DateTime;
use regex::Regex;

use super::*;
use crate::domain::{Document, MediaType};
use crate::normalize::{html, sanitize, sections as tree};

fn page() -> Document {
    Document {
        reference: "entry".into(),
        url: Some(Url::parse("https://example.org/a/b").unwrap()),
        fetched_at: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap(),
        media_type: MediaType::Feed,
        text: String::new(),
        digest: String::new(),
    }
}

/// Whether the short way is taken; where it is, both must agree.
fn is_plain(markup: &str) -> bool {
    let page = page();
    let Some(short) = sections(markup, Hand::Sender, page.url.as_ref()) else { return false };
    let short = html::settle_fragment(short, &page);
    let long = html::read_fragment(markup, &page).unwrap();
    assert_eq!(short.sections, long.sections, "{markup}");
    assert_eq!(short.media, long.media, "{markup}");
    assert_eq!(long.related, [], "{markup}");
    true
}

fn is_plain_once_parsed(markup: &str) -> bool {
    is_plain_as_written(&dom_query::Document::from(markup).body().unwrap().inner_html())
}

/// Whether the short way is taken after a parser; where it is, both must agree but for inline elements around nothing.
fn is_plain_as_written(written: &str) -> bool {
    let base = page().url;
    let Some(short) = sections(written, Hand::Parser, base.as_ref()) else { return false };
    let long = tree::split(&sanitize::clean(written, base.as_ref()));
    assert_eq!(solid(short), solid(long), "{written}");
    true
}

/// Inline elements around nothing, or a space.
static HOLLOW: LazyLock<[Regex; INLINES.len()]> = LazyLock::new(|| {
    INLINES
        .map(|name| Regex::new(&format!("<{name}(?: [^>]*)?>((?:\\s|&nbsp;)*)</{name}>")).unwrap())
});

/// Sections without what holds nothing, and with every space as one.
fn solid(mut sections: Vec<Section>) -> Vec<Section> {
    for block in sections.iter_mut().flat_map(|section| &mut section.blocks) {
        let mut before = String::new();
        while before != block.html {
            before.clone_from(&block.html);
            for pattern in &*HOLLOW {
                block.html = pattern.replace_all(&block.html, "$1").into_owned();
            }
        }
        block.html = block.html.replace("&nbsp;", " ");
        block.html = block.html.split_whitespace().collect::<Vec<_>>().join(" ");
        block.html = block.html.replace(" </p>", "</p>").replace("<p> ", "<p>");
    }
    sections
}

const PROSE: &str = "The pier was rebuilt after the storm, and nobody counted the planks of it.";

#[test]
fn what_feeds_mostly_hold_is_plain() {
    for markup in [
        "Loose words &amp; a line.<br/>Another <em>line</em> of them.",
        "<p>One <a href=\"/x?a=1&amp;utm_source=m\" target=\"_blank\">link</a> &#8212; and&nbsp;more.</p>\n\n<p class=\"x\">Two</p>",
        "<p>海边的灯塔在夜里亮着。<strong>守塔的人</strong>没有回来。</p><h2>下一章</h2><ul><li>一</li>\n<li>二<br>三</li></ul>",
        "<div><p>In a box</p><h3 id=\"s\">Head</h3><blockquote><p>q</p><p>r</p></blockquote><pre><code>x\n  y</code></pre></div>",
        "<p><a href=\"/big.jpg\"><img src=\"small.jpg?a&amp;b\" alt=\"&quot;A&quot; &lt;b&gt;\" width=\"300\" class=\"c\"/></a></p><p>words</p>",
        "<p>before <img src='/i.png' alt=''> after</p><figure><img src=\"/j.png\"><figcaption>A caption</figcaption></figure>",
        "<p>one<br>two<br/>three</p><hr /><p>a > b, R & D</p>",
        "<p><b>Bold</b> and not</p><p>x</p>\r\n<p>y\r\nz</p>",
        "<p onclick=\"x()\">x <script>y()</script>z<!-- c --></p><style>p{}</style><div><script async src='/x'>a</script>q</div>",
        "<p>words and so on <a href=\"/m\">Read more</a></p><p>and <a href=\"/n\">more</a> of it</p>",
        "<pre><span>a</span>\n<b>b</b>\nc</pre>",
        "<div>a</div><div><div>b<p>c</p></div>d<ul><li>e</li></ul></div><!--more--><p>f</p>",
        "<h1>One</h1><p>x</p><table><thead><tr><th>k</th><th>v</th></tr></thead>\n<tbody><tr><td>1<br>2</td><td colspan=\"2\"><p>a</p><p>b</p></td></tr><tr><td></td><td> </td></tr></tbody></table>",
        "<dl><dt>term</dt><dd>what it is</dd></dl><ol start=\"3\" type=\"i\"><li value=\"3\">x</li></ol><hr class=\"wide\"/>a<br class=\"b\" />c",
        "<pre class=\"wp-block-code\" data-x_1=\"y\"><code>x</code></pre><p lang=\"de\" aria-live=\"polite\">Wörter <abbr title=\"t\">abk</abbr></p>",
        "<p>words</p>\n<a id=\"more\"></a>\n<p><span id=\"x\"></span>and more</p><p><a rel=\"enclosure\" href=\"/v.mp4\">v</a></p>",
        "<p>mail <a href=\"mailto:a@b.example\">me</a> or <a href=\"javascript:x()\">not</a> or <a href=\"#top\">up</a></p>",
    ] {
        assert!(is_plain(markup), "{markup}");
    }
}

#[test]
fn what_takes_a_parser_is_declined() {
    for markup in [
        "<p>one<p>two",
        "<b><p>x</p></b>",
        "<p>x <script>y('<!--')</script></p>",
        "<p>x</p><script>y('</scr')</script>",
        "<p>x</p><script>y()",
        "<img src=\"data:image/png;base64,AAAA\">",
        "<img src=\"/p.gif\" width=\"1\" height=\"1\">",
        "<p>x</p><h3>Related articles</h3><ul><li><a href=\"/1\">One</a></li></ul>",
        "<p>&copy 2024</p>",
        "<p>&#146;</p>",
        "<table><tr><td>x</td><td>y</td></tr></table>",
        "<table><tbody><tr><td>one column</td></tr></tbody></table>",
        "<table><tbody><tr><td>x</td>loose<td>y</td></tr></tbody></table>",
        "<table><tbody>\u{A0}<tr><td>x</td><td>y</td></tr></tbody></table>",
        "<div class=\"highlight language-rust\"><pre>f()</pre></div>",
        "<p>x</p><script type=\"math/tex\">e^x</script>",
        "<p><img src=\"/small.jpg\" data-src=\"/large.jpg\"></p>",
        "<div><a href=\"/x\" style=\"background-image:url(/y.jpg)\">One of ours</a></div>",
        "<iframe src=\"https://v.example/\"></iframe>",
        "<a href=\"/x\">a<a href=\"/y\">b</a></a>",
        "<p>a</p></div>",
        "<!-- x -- y --><p>y</p>",
        "<!--><p>y</p>",
        "<div><h3>Next</h3><p><a href=\"/x\">One of our other stories</a></p></div>",
        "<svg/onload=x>",
        "<p title=x>y</p>",
        "<P>y</P>",
        "<pre>\nx</pre>",
    ] {
        assert!(!is_plain(markup), "{markup}");
    }
}

#[test]
fn what_a_parser_wrote_of_pages_is_mostly_plain() {
    for markup in [
        "<main role=main><section data-x=y><header><h1>One</h1></header><p itemprop=x tabindex=0>words</p></section></main>",
        "<article>a<section>b</section>c<p>d</p></article><aside>e</aside><nav><a href=/x>f</a></nav>",
        "<h2 id=x><a href=/x>Head</a><br>of two lines</h2><p>words</p><h3></h3><p>more</p>",
        "<ul><li><p>one</p><p>two</p></li><li><div>three</div><ul><li>four</li></ul></li></ul>",
        "<figure><div class=x><picture><source srcset=/a.webp><img src=/a.jpg></picture></div><p>caption</p></figure>",
        "<p>before <span><picture><source><img src=/a.jpg></picture></span> after</p><figure></figure>",
        "<p><b>one<br>two</b> three<span><br></span>four <i> </i>five</p><div>six<i class=icon></i>seven</div>",
        "<div><a href=/x>Related articles</a><h3>Read more</h3><a href=/y><img src=/y.jpg></a></div>",
        "<table><tbody><tr><td><ul><li>a</li><li>b</li></ul></td><td>c</td></tr><tr><td>d<br>e</td><td><div>f</div></td></tr></tbody></table>",
        "<pre class=\"wide language-rust\"><code class=x>f()</code></pre><ol></ol><blockquote><div><p>q</p></div><a href=/x>r</a></blockquote>",
        "<a href=/x><div>a</div> b <i>c</i></a><span><b><p>d</p></b>e</span><a href=/y><img src=/c.jpg><p>f</p></a>",
        "<h2><img src=/a.jpg>a</h2><ul><li><img src=/c.jpg></li></ul><h3><a href=/x><img src=/d.jpg></a></h3>",
        "<figure><img src=/a.jpg><figcaption><p>a</p><div>b<br>c</div></figcaption></figure>",
        "<ul>a<a href=/x>b</a><li><h3>c</h3><p>d</p><ul><li>e</li></ul></li><li><pre>f</pre><hr></li></ul><p>g</p>",
        "<figure><p>no picture</p><figcaption>a<b>b</b></figcaption></figure><figcaption>c</figcaption><li>d</li>",
        "<figure><a href=/x><div><img src=/a.jpg><figcaption><span>a</span></figcaption></div></a></figure>",
        "<table><tbody><tr><td><h2>a</h2>b</td><td><p>c</p><img src=/d.jpg></td></tr><tr><td>e<table><tr><td>f<td>g<tr><td>h<td>i</table></td></tr></tbody></table>",
        "<table><tbody><tr><td><h3>a</h3>b</td><td>c</td></tr><tr><td>d</td><td><blockquote>e</blockquote></td></tr></tbody></table>",
        "<blockquote><h3>a</h3><p>b</p><blockquote>c</blockquote></blockquote><blockquote><table><tr><td>d<td>e</table></blockquote>",
        "<pre>a<br>b <a href=/x>c</a></pre><blockquote><ul><li>a<li>b</ul><hr></blockquote>",
        "<p @click=x :class=y x-on:click.prevent=z xml:lang=de>words</p>",
    ] {
        assert!(is_plain_once_parsed(markup), "{markup}");
    }
}

#[test]
fn a_paragraph_ends_where_a_block_begins_in_it() {
    // Elements that were renamed are written so.
    for written in [
        "<p>a <b>b</b><h2>c</h2>d<ul><li>e</li></ul></p><p>f</p>",
        "<p><p>a</p><div>b</div><p>c<section>d</section></p></p>",
        "<div><p>a<figure><img src=\"/a.jpg\"></figure>b</p></div>",
    ] {
        assert!(is_plain_as_written(written), "{written}");
    }
    let bold_line = format!("<p><b>A short line in bold</b><p>{PROSE}</p></p>");
    for written in [
        "<p>a<table><tbody><tr><td>b</td></tr></tbody></table></p>",
        "<p><b><div>a</div>b</b></p>",
        "<ul><li>a<div><li>b</li></div></li></ul>",
        &bold_line,
    ] {
        assert!(!is_plain_as_written(written), "{written}");
    }
}

#[test]
fn what_would_be_cut_otherwise_is_declined_after_a_parser() {
    for markup in [
        "<p>a <span>b <img src=/c.jpg></span></p>",
        "<p><span><img src=/c.jpg> b</span></p>",
        "<p><b><br>a</b></p>",
        "<span><section><p>a</p></section></span>",
        "<span>a <div>b</div></span>",
        "<p>a <q cite=/x>b</q></p>",
        "<pre class=language-c>\n\na</pre>",
        "<custom-part>a</custom-part>",
        "<p><a href=/x><span>a</span></a><map><area href=/y></map></p>",
    ] {
        assert!(!is_plain_once_parsed(markup), "{markup}");
    }
}

/// A generator of numbers (splitmix64), the same at every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap() % end
    }
}

const BLOCKS: [&str; 15] = [
    "p",
    "p",
    "p",
    "h1",
    "h2",
    "h4",
    "ul",
    "dl",
    "ol",
    "blockquote",
    "div",
    "figure",
    "table",
    "section",
    "aside",
];
const INLINES: [&str; 9] = ["a", "b", "strong", "em", "code", "span", "sup", "i", "a"];
const WORDS: [&str; 30] = [
    "<picture><source srcset='/p.webp'><img src=\"/p.png\"></picture>",
    "<i class=\"icon\"></i>",
    "<a href=\"/m\">Read more</a>",
    "more",
    "<script>x('<b>')</script>",
    "<!-- c -->",
    "<style type='a>b'>p</style>",
    "<img src=\"/o.png\" onerror=\"x('&quot;')\">",
    "word ",
    "字",
    PROSE,
    " ",
    "\n",
    "\r\n",
    "&amp;",
    "&nbsp;",
    "\u{A0}",
    "&lt;b&gt;",
    "<br>",
    "<br />",
    "é",
    ">",
    "& ",
    "<hr>",
    "<img src=\"/i.png\">",
    "<img alt='&quot;&lt;' src='x y.jpg' width=20>",
    "Related",
    "相关阅读",
    "&#39;",
    "\"",
];

fn inline(numbers: &mut Numbers, depth: usize, out: &mut String) {
    for _ in 0..numbers.below(4) {
        if depth > 0 && numbers.below(3) == 0 {
            let name = INLINES[numbers.below(INLINES.len())];
            let attribute = match (name, numbers.below(3)) {
                ("a", 0) => " href=\"/x?a=1&amp;b=%20字\"",
                ("a", 1) => " class=\"c\" href='https://h.example/&quot;'",
                (_, 2) => " title=\"t &amp; &gt;\"",
                _ => "",
            };
            out.extend(["<", name, attribute, ">"]);
            inline(numbers, depth - 1, out);
            out.extend(["</", name, ">"]);
        } else {
            out.push_str(WORDS[numbers.below(WORDS.len())]);
        }
    }
}

fn block(numbers: &mut Numbers, depth: usize, out: &mut String) {
    let name = BLOCKS[numbers.below(BLOCKS.len())];
    out.extend(["<", name, ">"]);
    match name {
        "ul" | "ol" | "dl" => {
            let item = if name == "dl" { ["<dd>", "</dd>"] } else { ["<li>", "</li>\n"] };
            for _ in 0..numbers.below(3) {
                out.push_str(item[0]);
                match numbers.below(4) {
                    0 if depth > 0 => block(numbers, depth - 1, out),
                    _ => inline(numbers, 2, out),
                }
                out.push_str(item[1]);
            }
        }
        "table" => table(numbers, depth, out),
        "p" if depth > 0 && numbers.below(8) == 0 => {
            inline(numbers, 1, out);
            block(numbers, depth - 1, out);
            inline(numbers, 1, out);
        }
        "div" if depth > 0 && numbers.below(6) == 0 => {
            out.push_str("<a href=\"/z\"><b>");
            block(numbers, depth - 1, out);
            inline(numbers, 1, out);
            out.push_str("</b></a>");
        }
        "div" | "section" | "aside" | "blockquote" | "figure" if depth > 0 => {
            for _ in 0..numbers.below(4) {
                block(numbers, depth - 1, out);
            }
        }
        _ => inline(numbers, 2, out),
    }
    out.extend(["</", name, ">"]);
}

fn table(numbers: &mut Numbers, depth: usize, out: &mut String) {
    out.push_str("<tbody>");
    for _ in 0..numbers.below(3) {
        out.push_str(["<tr>", "\n<tr>", "\u{A0}<tr>"][numbers.below(3)]);
        for _ in 0..=numbers.below(3) {
            let cell = ["td", "td", "th"][numbers.below(3)];
            out.extend(["<", cell, ">"]);
            match numbers.below(6) {
                0 if depth > 0 => block(numbers, depth - 1, out),
                _ => inline(numbers, 1, out),
            }
            out.extend(["</", cell, ">"]);
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody>");
}

#[test]
fn both_ways_agree_on_any_content_that_the_short_one_takes() {
    let (mut taken, mut once_parsed) = (0, 0);
    for seed in 0..1_500 {
        let (mut numbers, mut markup) = (Numbers(seed), String::new());
        for _ in 0..=numbers.below(4) {
            match numbers.below(3) {
                0 => inline(&mut numbers, 2, &mut markup),
                _ => block(&mut numbers, 2, &mut markup),
            }
        }
        taken += usize::from(is_plain(&markup));
        once_parsed += usize::from(is_plain_once_parsed(&markup));
        is_plain_as_written(&markup);
    }
    assert!(taken > 100 && once_parsed > 800, "{taken}, {once_parsed}");
}
