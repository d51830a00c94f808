//! Short letters to one reader: a question, the link that answers it, and what happens otherwise.

use std::sync::LazyLock;

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use super::{RenderError, Rendered, address, guard, templates, wrap};
use crate::domain::{Digest, Locale, Site};

/// Which letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letter {
    /// Do you want this Digest?
    Confirm,
    /// Here is the link to see and erase what is kept of you.
    Erase,
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = templates::environment();
    templates.add_filter("wrap", |text: &str| wrap::flow(text, wrap::WIDTH));
    for (name, text) in [
        ("letter.html.j2", include_str!("templates/letter.html.j2")),
        ("letter.txt.j2", include_str!("templates/letter.txt.j2")),
    ] {
        templates.add_template(name, text).expect("the template is compiled in and tested");
    }
    templates
});

#[derive(Serialize)]
struct View {
    language: &'static str,
    title: String,
    question: String,
    button: &'static str,
    link: String,
    otherwise: &'static str,
    site: String,
}

/// Writes the letter with the link that `token` makes.
pub fn letter(
    letter: Letter,
    digest: &Digest,
    site: &Site,
    token: &str,
    locale: Locale,
) -> Result<Rendered, RenderError> {
    let name = guard::line(&digest.title);
    let words = words(letter, &name, locale);
    let page = match letter {
        Letter::Confirm => "confirm",
        Letter::Erase => "erase",
    };
    let view = View {
        language: match locale {
            Locale::English => "en",
            Locale::Chinese => "zh-Hans",
        },
        title: words.subject.clone(),
        question: words.question,
        button: words.button,
        link: format!("{}{page}/{token}", address::home(site)),
        otherwise: words.otherwise,
        site: guard::line(&site.title),
    };
    let write = |name: &str| -> Result<String, RenderError> {
        Ok(TEMPLATES.get_template(name)?.render(Serde(&view))?)
    };
    Ok(Rendered {
        subject: wrap::shorten(&words.subject, 78),
        html: write("letter.html.j2")?,
        text: write("letter.txt.j2")?,
    })
}

struct Words {
    subject: String,
    question: String,
    button: &'static str,
    otherwise: &'static str,
}

fn words(letter: Letter, digest: &str, locale: Locale) -> Words {
    match (letter, locale) {
        (Letter::Confirm, Locale::English) => Words {
            subject: format!("Please confirm: {digest}"),
            question: format!(
                "Somebody, probably you, asked to receive “{digest}” at this address. Please confirm on the page behind \
                 this link:"
            ),
            button: "Yes, send it to me",
            otherwise: "If it was not you, do nothing: without a confirmation nothing more will come. The link is good for \
                three days.",
        },
        (Letter::Confirm, Locale::Chinese) => Words {
            subject: format!("请确认订阅：{digest}"),
            question: format!("有人（多半是您）请求把「{digest}」寄到这个邮箱。请打开下面的链接确认："),
            button: "是的，请寄给我",
            otherwise: "如果不是您，请不必理会：未经确认，不会再有邮件。链接三天内有效。",
        },
        (Letter::Erase, Locale::English) => Words {
            subject: format!("Your data at {digest}"),
            question: "Behind this link you can see everything that is kept of this address, and have it erased:".into(),
            button: "See and erase my data",
            otherwise: "If you did not ask for it, do nothing. The link is good for three days.",
        },
        (Letter::Erase, Locale::Chinese) => Words {
            subject: format!("您在「{digest}」的数据"),
            question: "打开下面的链接，可以查看我们保存的与此邮箱有关的全部数据，并可要求删除：".into(),
            button: "查看并删除我的数据",
            otherwise: "如果您没有提出过请求，请不必理会。链接三天内有效。",
        },
    }
}
