//! Domain → pages that people land on: complete HTML documents with one stylesheet and nothing else from anywhere.

mod archive;
mod article;
pub mod desk;
mod feed;
mod frame;
mod home;
mod manage;
mod problem;
mod search;
mod subscription;
mod words;

use std::sync::LazyLock;

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use super::{RenderError, templates};
use words::Words;

pub use archive::{ListedEdition, archive, edition};
pub use article::{Terms, article};
pub use feed::feed;
pub use frame::Frame;
pub use home::{FeedCard, home};
pub use manage::{Own, manage};
pub use problem::{Problem, problem};
pub use search::{Answer, Hit, search};
pub use subscription::{Step, sign_up, step};

/// The stylesheet of every page.
pub const STYLE: &str = include_str!("../templates/page/style.css");

/// What stands for the site in a browser's tab.
pub const ICON: &str = include_str!("../templates/page/icon.svg");

/// The script of pages that have addresses to copy; without it there are no buttons for that.
pub const COPY_SCRIPT: &str = include_str!("../templates/page/copy.js");

/// The templates by name, compiled in.
const FILES: &[(&str, &str)] = &[
    ("layout.html.j2", include_str!("../templates/page/layout.html.j2")),
    ("archive.html.j2", include_str!("../templates/page/archive.html.j2")),
    ("edition_page.html.j2", include_str!("../templates/page/edition_page.html.j2")),
    ("article.html.j2", include_str!("../templates/page/article.html.j2")),
    ("home.html.j2", include_str!("../templates/page/home.html.j2")),
    ("feed.html.j2", include_str!("../templates/page/feed.html.j2")),
    ("manage.html.j2", include_str!("../templates/page/manage.html.j2")),
    ("search.html.j2", include_str!("../templates/page/search.html.j2")),
    ("search_form.html.j2", include_str!("../templates/page/search_form.html.j2")),
    ("formats.html.j2", include_str!("../templates/page/formats.html.j2")),
    ("sign_up.html.j2", include_str!("../templates/page/sign_up.html.j2")),
    ("step.html.j2", include_str!("../templates/page/step.html.j2")),
    ("problem.html.j2", include_str!("../templates/page/problem.html.j2")),
];

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = templates::environment();
    for (name, text) in FILES.iter().chain(desk::FILES) {
        templates.add_template(name, text).expect("the template is compiled in and tested");
    }
    templates
});

/// What a template sees: the frame, the words, and the page's own view.
#[derive(Serialize)]
struct Shown<'a, V> {
    frame: &'a frame::FrameView,
    t: &'static Words,
    page: V,
}

fn rendered(name: &str, frame: &Frame<'_>, page: impl Serialize) -> Result<String, RenderError> {
    let shown = Shown { frame: &frame.view(), t: words::words(frame.locale), page };
    Ok(TEMPLATES.get_template(name)?.render(Serde(shown))?)
}
