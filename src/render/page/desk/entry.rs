//! The door of the desk.

use serde::Serialize;

use super::super::super::RenderError;
use super::DeskFrame;

/// Why nobody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginProblem {
    /// The password is another.
    Wrong,
    /// There were too many tries, from one network or in all.
    TooMany,
    /// The form is old, or not ours.
    Stale,
    /// There is no password: a proxy says who may come in, and it said nothing.
    ProxyOnly,
}

#[derive(Serialize)]
struct View {
    problem: Option<&'static str>,
    has_form: bool,
}

/// Writes the login page.
pub fn login(desk: &DeskFrame<'_>, problem: Option<LoginProblem>) -> Result<String, RenderError> {
    let words = desk.words();
    let view = View {
        problem: problem.map(|problem| match problem {
            LoginProblem::Wrong => words.wrong_password,
            LoginProblem::TooMany => words.too_many_tries,
            LoginProblem::Stale => words.stale_form,
            LoginProblem::ProxyOnly => words.proxy_only,
        }),
        has_form: problem != Some(LoginProblem::ProxyOnly),
    };
    desk.rendered("login.html.j2", view)
}
