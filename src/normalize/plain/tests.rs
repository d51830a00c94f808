//! The short way gives what the long way gives, wherever it gives anything.

use chrono::DateTime;

use super::*;
use crate::domain::{Document, MediaType};
use crate::normalize::html;

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
    let Some(short) = sections(markup, page.url.as_ref()) else { return false };
    let short = html::settle_fragment(short, &page);
    let long = html::read_fragment(markup, &page).unwrap();
    assert_eq!(short.sections, long.sections, "{markup}");
    assert_eq!(short.media, long.media, "{markup}");
    assert_eq!(long.related, [], "{markup}");
    true
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

const BLOCKS: [&str; 13] =
    ["p", "p", "p", "h1", "h2", "h4", "ul", "dl", "ol", "blockquote", "div", "figure", "table"];
const INLINES: [&str; 9] = ["a", "b", "strong", "em", "code", "span", "sup", "i", "a"];
const WORDS: [&str; 28] = [
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
                inline(numbers, 2, out);
                out.push_str(item[1]);
            }
        }
        "table" => table(numbers, out),
        "div" | "blockquote" if depth > 0 => {
            for _ in 0..numbers.below(4) {
                block(numbers, depth - 1, out);
            }
        }
        _ => inline(numbers, 2, out),
    }
    out.extend(["</", name, ">"]);
}

fn table(numbers: &mut Numbers, out: &mut String) {
    out.push_str("<tbody>");
    for _ in 0..numbers.below(3) {
        out.push_str(["<tr>", "\n<tr>", "\u{A0}<tr>"][numbers.below(3)]);
        for _ in 0..=numbers.below(3) {
            let cell = ["td", "td", "th"][numbers.below(3)];
            out.extend(["<", cell, ">"]);
            inline(numbers, 1, out);
            out.extend(["</", cell, ">"]);
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody>");
}

#[test]
fn both_ways_agree_on_any_content_that_the_short_one_takes() {
    let mut taken = 0;
    for seed in 0..1_000 {
        let (mut numbers, mut markup) = (Numbers(seed), String::new());
        for _ in 0..=numbers.below(4) {
            match numbers.below(3) {
                0 => inline(&mut numbers, 2, &mut markup),
                _ => block(&mut numbers, 2, &mut markup),
            }
        }
        taken += usize::from(is_plain(&markup));
    }
    assert!(taken > 100, "{taken}");
}
