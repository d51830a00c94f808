//! Edition → mail and web copy: one view of it, shown by an HTML and a plain-text template. Nothing tracked, and nothing
//! remote unless the operator asks for pictures.

mod press;
mod sample;
mod stationery;
mod view;

pub use press::Press;
pub use stationery::{Misprint, Stationery};
pub use view::Reading;

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use unicode_width::UnicodeWidthStr as _;

    use super::super::golden::assert_golden;
    use super::super::samples::{self, chinese, empty, english, hostile, site};
    use super::super::{Rendered, wrap};
    use super::view::{SUBJECT_HEADLINE, SUBJECT_TITLE};
    use super::*;
    use crate::domain::{
        Article, Choices, Digest, Edition, Language, LeftOut, OtherReport, Reason, SourceId, Why,
    };

    const ZONE: Tz = Tz::Asia__Shanghai;

    fn digest(edition: &Edition, digest: &Digest, zone: Tz) -> Rendered {
        for_reader(edition, digest, zone, &Choices::default()).unwrap()
    }

    fn for_reader(
        edition: &Edition,
        digest: &Digest,
        zone: Tz,
        choices: &Choices,
    ) -> Option<Rendered> {
        let reading = Reading { language: digest.language.clone(), zone };
        let (site, stationery) = (site(), Stationery::default());
        Press::new(edition, digest, &site, &stationery).mail(&reading, choices).unwrap()
    }

    fn mail(articles: Vec<Article>) -> Rendered {
        digest(&samples::edition(vec![(None, articles)]), &samples::digest(), ZONE)
    }

    fn chinese_digest() -> Digest {
        Digest { title: "海岸晨报".into(), language: Language::chinese(), ..samples::digest() }
    }

    #[test]
    fn the_mail_reads_as_it_was_reviewed() {
        let rendered = mail(vec![chinese(), english()]);
        assert_golden("digest.html", rendered.html.as_bytes());
        assert_golden("digest.txt", rendered.text.as_bytes());
    }

    #[test]
    fn a_chinese_mail_speaks_chinese() {
        let edition =
            samples::edition(vec![(Some("海"), vec![chinese()]), (Some("船"), vec![english()])]);
        let rendered = digest(&edition, &chinese_digest(), ZONE);
        assert_eq!(rendered.subject, "海岸晨报 · 11月21日：灯塔重亮：一座小城的十一年 等2篇");
        assert_golden("digest.zh.txt", rendered.text.as_bytes());
        assert!(
            rendered.html.contains("<html lang=\"zh\">") && rendered.html.contains("lang=\"en\"")
        );
    }

    #[test]
    fn the_day_is_the_readers_own() {
        let edition = samples::edition(vec![(None, vec![english()])]);
        let subject = |zone| digest(&edition, &samples::digest(), zone).subject;
        assert_eq!(
            subject(Tz::UTC),
            "Morning press, 20 November: Electric ferries & the <quiet> harbour"
        );
        assert_eq!(
            subject(ZONE),
            "Morning press, 21 November: Electric ferries & the <quiet> harbour"
        );
    }

    #[test]
    fn both_parts_hold_each_headline_once_and_every_summary() {
        let article = chinese();
        let rendered = mail(vec![article.clone(), english()]);
        for part in [&rendered.html, &rendered.text] {
            assert_eq!(part.matches(&article.title).count(), 1);
            for section in article.sections.iter().filter_map(|section| section.summary.as_ref()) {
                assert!(part.contains(&section.text()), "{}", section.text());
            }
            for item in &article.related {
                assert!(part.contains(&item.title), "{}", item.title);
            }
        }
    }

    #[test]
    fn a_summary_that_repeats_the_headline_is_not_shown() {
        let mut article = english();
        article.title = "Two electric ferries entered service on Monday".into();
        let rendered = mail(vec![article.clone()]);
        assert_eq!(rendered.text.matches(&article.title).count(), 1, "{}", rendered.text);
    }

    #[test]
    fn nothing_remote_and_nothing_unescaped_is_in_the_html() {
        let html = mail(vec![hostile(), english(), empty()]).html;
        for wrong in
            ["<img", "<script", "src=", "url(", "<b>", "javascript:", "\u{0}", "\u{7f}", "data:"]
        {
            assert!(!html.contains(wrong), "{wrong:?}");
        }
        assert!(html.contains("Electric ferries &amp; the &lt;quiet&gt; harbour"));
    }

    #[test]
    fn subjects_are_one_bounded_line() {
        let mut digest_of_evil = samples::digest();
        digest_of_evil.title = format!("News\r\nBcc: all@example.org {}", "long ".repeat(50));
        let mut article = hostile();
        article.title = format!("a\nb\u{0}{}", "很长的标题".repeat(50));
        let edition = samples::edition(vec![(None, vec![article, english()])]);
        let subject = digest(&edition, &digest_of_evil, ZONE).subject;
        assert!(!subject.chars().any(char::is_control), "{subject:?}");
        assert!(subject.width() <= SUBJECT_TITLE + SUBJECT_HEADLINE + 40, "{subject}");
    }

    #[test]
    fn text_lines_fit_the_width_unless_they_are_addresses() {
        let mut article = chinese();
        article.sections[0].summary.as_mut().unwrap().sentences[0].text =
            "很长的一句话，".repeat(40);
        let text = mail(vec![article, english()]).text;
        for line in text.lines().filter(|line| !line.contains("https://")) {
            assert!(line.trim_end().width() <= wrap::WIDTH, "{line}");
            // RFC 3676 §4.2: no more than 78, the spaces at the end included.
            assert!(line.width() <= 78, "{line}");
        }
    }

    #[test]
    fn a_reader_for_whom_nothing_is_left_gets_no_mail() {
        let edition = samples::edition(vec![(None, vec![chinese(), english()])]);
        let choosing = |topics: &[&str], without: &[&str]| Choices {
            topics: topics.iter().map(|t| (*t).to_owned()).collect(),
            without: without.iter().map(|t| (*t).to_owned()).collect(),
            ..Choices::default()
        };
        let read = |choices: Choices| {
            let mail = for_reader(&edition, &samples::digest(), ZONE, &choices)?;
            Some((mail.text.contains("灯塔重亮"), mail.text.contains("Electric ferries")))
        };
        assert_eq!(read(choosing(&["transport"], &[])), Some((false, true)));
        assert_eq!(read(choosing(&[], &["TRANSPORT"])), Some((true, false)));
        assert_eq!(read(choosing(&["samples"], &["灯塔"])), Some((false, true)));
        assert_eq!(read(choosing(&["chess"], &[])), None);
    }

    /// Hundred articles, each about 2 KB of mail, every tenth heavier than the others.
    fn long_edition() -> Edition {
        let article = |index: usize| {
            let mut article = english();
            article.title = format!("Ferry number {index:03}");
            article.id = crate::domain::ArticleId::derive(
                &SourceId::new("samples").unwrap(),
                &article.title,
            );
            let words = "It carries four hundred people and returns before dark. ".repeat(30);
            article.summary.as_mut().unwrap().sentences[0].text = words;
            article
        };
        let mut edition = samples::edition(vec![(None, (0..100).map(article).collect())]);
        for (index, brief) in edition.groups[0].briefs.iter_mut().enumerate() {
            brief.weight = i64::from(index % 10 == 9);
        }
        edition
    }

    #[test]
    fn a_long_edition_keeps_its_budget_by_whole_briefs_the_lightest_first() {
        let edition = long_edition();
        let wanted = samples::digest();
        let rendered = digest(&edition, &wanted, ZONE);
        let size = rendered.html.len();
        assert!(size <= wanted.size_budget && size > wanted.size_budget * 9 / 10, "{size}");
        let held = |part: &str| -> Vec<usize> {
            (0..100).filter(|i| part.contains(&format!("Ferry number {i:03}"))).collect()
        };
        let shown = held(&rendered.html);
        assert_eq!(shown, held(&rendered.text), "both parts hold the same");
        assert!((0..100).filter(|i| i % 10 == 9).all(|heavy| shown.contains(&heavy)), "{shown:?}");
        let more = format!("{} more articles are in the web copy", 100 - shown.len());
        let web = "https://reader.example.net/press/digests/morning/20241120T233000Z-daily";
        for part in [&rendered.html, &rendered.text] {
            assert!(part.contains(&more) && part.contains(web), "{more}");
            assert_eq!(part.matches("hundred").count(), shown.len() * 30, "no Brief is cut within");
        }
        let reading = Reading { language: Language::english(), zone: ZONE };
        let (site, stationery) = (site(), Stationery::default());
        let web = Press::new(&edition, &wanted, &site, &stationery).web(&reading).unwrap();
        assert_eq!(held(&web).len(), 100, "the web copy holds all");
    }

    #[test]
    fn each_section_links_to_its_place_in_the_article() {
        let mut article = english();
        let headed = crate::domain::Section::headed(
            "Costs, and who pays",
            2,
            article.sections[0].blocks.clone(),
        );
        let summary = article.sections[0].summary.clone();
        article.sections.push(crate::domain::Section { summary, ..headed });
        let html = mail(vec![article]).html;
        let place = "https://news.example.com/2024/11/ferries#:~:text=Costs%2C%20and%20who%20pays";
        assert!(html.contains(place), "{html}");
    }

    #[test]
    fn an_article_of_many_sections_is_abridged_in_the_mail_and_whole_in_the_web_copy() {
        let mut article = english();
        let summary = article.sections[0].summary.clone();
        article.sections = (1..=11)
            .map(|number| crate::domain::Section {
                summary: summary.clone(),
                ..crate::domain::Section::headed(format!("Part {number:02}"), 2, Vec::new())
            })
            .collect();
        let edition = samples::edition(vec![(None, vec![article])]);
        let rendered = digest(&edition, &samples::digest(), ZONE);
        for part in [&rendered.html, &rendered.text] {
            assert_eq!((part.matches("Part 0").count(), part.matches("Part 1").count()), (8, 0));
            assert!(part.contains("3 more sections") && part.contains("Z-daily#a-"), "{part}");
        }
        let reading = Reading { language: Language::english(), zone: ZONE };
        let (site, stationery, digest) = (site(), Stationery::default(), samples::digest());
        let web = Press::new(&edition, &digest, &site, &stationery).web(&reading).unwrap();
        assert_eq!(web.matches(">Part ").count(), 11, "{web}");
    }

    #[test]
    fn updates_other_reports_and_what_was_left_out_are_told() {
        let mut edition = samples::edition(vec![(None, vec![english()])]);
        let brief = &mut edition.groups[0].briefs[0];
        brief.why = Why::Updated;
        let other = chinese();
        brief.also = vec![OtherReport {
            article: other.id,
            source: SourceId::new("coast").unwrap(),
            title: other.title.clone(),
            attribution: other.attribution.clone(),
            url: english().url,
        }];
        edition.left_out = vec![LeftOut {
            article: other.id,
            headline: other.title.clone(),
            url: None,
            reason: Reason::OverLimit,
        }];
        let rendered = digest(&edition, &samples::digest(), ZONE);
        for part in [&rendered.html, &rendered.text] {
            for words in ["Updated", "Also reported by", "海岸周刊"] {
                assert!(part.contains(words), "{words} in {part}");
            }
        }
        let reading = Reading { language: Language::chinese(), zone: ZONE };
        let (site, stationery, digest) = (site(), Stationery::default(), samples::digest());
        let web = Press::new(&edition, &digest, &site, &stationery).web(&reading).unwrap();
        assert!(web.contains("其他新文章") && web.contains(&other.title), "{web}");
    }

    #[test]
    fn pictures_are_shown_where_the_operator_wants_them() {
        let edition = samples::edition(vec![(None, vec![english()])]);
        let with = Digest { images: true, ..samples::digest() };
        let html = digest(&edition, &with, ZONE).html;
        assert!(
            html.contains("src=\"https://news.example.com/f.jpg\"")
                && html.contains("alt=\"A ferry\"")
        );
        assert!(!digest(&edition, &samples::digest(), ZONE).html.contains("<img"));
    }

    #[test]
    fn the_operators_words_and_templates_stand_in_for_ours() {
        let own = std::collections::BTreeMap::from([(
            "digest.txt.j2".to_owned(),
            "{{ title }}!\n".to_owned(),
        )]);
        let subject = "{{ articles }} things on {{ day }}, above all {{ top }}";
        let stationery = Stationery::new(own, Some(subject)).unwrap();
        let edition = samples::edition(vec![(None, vec![chinese(), english()])]);
        let (digest, site) = (samples::digest(), site());
        let reading = Reading { language: Language::english(), zone: ZONE };
        let press = Press::new(&edition, &digest, &site, &stationery);
        let rendered = press.mail(&reading, &Choices::default()).unwrap().unwrap();
        assert_eq!(rendered.text, "Morning press!\n");
        assert_eq!(
            rendered.subject,
            "2 things on 21 November, above all 灯塔重亮：一座小城的十一年"
        );
    }

    #[test]
    fn group_headings_are_shown_where_there_are_several_groups() {
        let two = samples::edition(vec![
            (Some("Sea & shore"), vec![chinese()]),
            (Some("Ships"), vec![english()]),
        ]);
        let rendered = digest(&two, &samples::digest(), ZONE);
        assert!(rendered.html.contains("Sea &amp; shore") && rendered.text.contains("Sea & shore"));
        let one = samples::edition(vec![
            (Some("Sea & shore"), vec![chinese()]),
            (Some("Ships"), Vec::new()),
        ]);
        let rendered = digest(&one, &samples::digest(), ZONE);
        assert!(!rendered.text.contains("Sea & shore"));
    }
}
