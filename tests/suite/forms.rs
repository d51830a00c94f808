//! Forms of an article beside the one that a browser draws at once: AMP's elements, the one for paper, shadow trees.

use pressroom::domain::{Article, BlockKind};

use crate::bodies::{PIER, article, page, paragraphs, 灯塔};

fn addresses(article: &Article) -> Vec<&str> {
    article.media.iter().map(|media| media.url.as_str()).collect()
}

#[test]
fn pictures_and_players_of_amp_are_media_and_its_boxes_are_not_the_article() {
    let html = page(&format!(
        concat!(
            "<amp-sidebar><p>Harbours, boats and ropes, all that the Lantern has, in one long list.</p></amp-sidebar>",
            "<article><h1>The New Pier</h1>{}<amp-img src=/pier.jpg alt='The pier' width=600 height=400><noscript><img src=/pier.jpg></noscript></amp-img>",
            "<amp-youtube data-videoid=abc layout=responsive></amp-youtube>{}",
            "<amp-ad><p>Boots for every weather, and lamps, and ropes, at half the price.</p></amp-ad>",
            "<amp-video src=/film.mp4></amp-video></article>",
            "<amp-next-page><p>The lighthouse is dark, and three people live in it now, by the sea.</p></amp-next-page>"
        ),
        paragraphs(&PIER[..2]),
        paragraphs(&PIER[2..]),
    ));
    let found = article(&html);
    let films = ["www.youtube.com", "valley.example"];
    assert_eq!(found.text(), [PIER[0], PIER[1], films[0], PIER[2], PIER[3], films[1]].join("\n\n"));
    assert_eq!(
        addresses(&found),
        [
            "https://valley.example/pier.jpg",
            "https://www.youtube.com/watch?v=abc",
            "https://valley.example/film.mp4"
        ]
    );
    let pictures = found.sections[0].blocks.iter().filter(|b| b.kind == BlockKind::Figure);
    assert_eq!(pictures.count(), 1);
}

#[test]
fn what_is_for_paper_alone_is_read_where_the_screen_has_the_beginning() {
    for (begun, whole) in [(&PIER[..1], &PIER[..]), (&灯塔[..1], &灯塔[..])] {
        for form in ["class=print-only", "class='article-print d-none'", "id=printview hidden"] {
            let html = page(&format!(
                "<div><h1>The New Pier</h1>{}<a href=/all>More</a></div><div {form}>{}</div>",
                paragraphs(begun),
                paragraphs(whole).repeat(2)
            ));
            let text = article(&html).text();
            assert!(text.contains(whole[whole.len() - 1]), "{form}: {text}");
        }
    }
}

#[test]
fn the_form_for_paper_does_not_say_the_article_twice() {
    for hidden in ["class=visible-print-block", "class=print-version style='display: none'"] {
        let html = page(&format!(
            "<div class=text><h1>The New Pier</h1>{0}</div><div {hidden}>{0}</div>",
            paragraphs(&PIER)
        ));
        assert_eq!(article(&html).text(), PIER.join("\n\n"), "{hidden}");
    }
    let shown =
        page(&format!("<div id=printArea><h1>The New Pier</h1>{}</div>", paragraphs(&灯塔)));
    assert_eq!(article(&shown).text(), 灯塔.join("\n\n"), "it is on the screen, too");
}

#[test]
fn a_shadow_tree_that_the_server_wrote_is_shown_and_other_templates_are_not() {
    let html = page(&format!(
        concat!(
            "<valley-article><template shadowrootmode=open><style>p{{}}</style><h1>The New Pier</h1>",
            "<valley-text><template shadowrootmode=open>{}</template></valley-text></template></valley-article>",
            "<template><p>Hello, {{{{name}}}}, here is a card that a script fills, some time later.</p></template>"
        ),
        paragraphs(&PIER)
    ));
    let found = article(&html);
    assert_eq!((found.title.as_str(), found.text()), ("The New Pier", PIER.join("\n\n")));
}
