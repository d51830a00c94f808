//! The pages of a subscription beside the one on which a reader chooses: asking, confirming, leaving, being forgotten.

use serde::Serialize;

use super::super::{RenderError, guard};
use super::{Frame, rendered};
use crate::domain::{Digest, Locale};

/// A step that needs no more than a sentence and perhaps a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Look into your mail.
    Asked,
    /// Too many asked.
    TooMany,
    /// Press to confirm.
    Confirm,
    /// It is confirmed.
    Confirmed {
        /// The token of the reader's own page.
        manage: &'a str,
    },
    /// Press to leave.
    Leave,
    /// You left.
    Left,
    /// Press to be forgotten.
    Erase {
        /// The token of the page.
        token: &'a str,
    },
    /// You are forgotten.
    Erased,
    /// The link is worth nothing any more.
    Spent,
    /// Mail to this address came back or was not wanted.
    Suppressed,
}

#[derive(Serialize)]
struct StepView {
    title: &'static str,
    text: &'static str,
    /// What a button says; it posts to the page's own address.
    button: Option<&'static str>,
    link: Option<(String, &'static str)>,
}

#[derive(Serialize)]
struct SignUpView {
    digest: String,
    action: String,
    archive: String,
    cadences: Vec<String>,
    /// An address that was none.
    wrong: Option<String>,
}

/// Writes the form to sign up for `digest`; `wrong` is what was typed and is no address.
pub fn sign_up(
    frame: &Frame<'_>,
    digest: &Digest,
    wrong: Option<&str>,
) -> Result<String, RenderError> {
    let base = frame.base();
    let view = SignUpView {
        digest: guard::line(&digest.title),
        action: format!("{base}digests/{}/subscribe", digest.id),
        archive: format!("{base}digests/{}", digest.id),
        cadences: digest.cadences.iter().map(|cadence| cadence.name.clone()).collect(),
        wrong: wrong.map(guard::line),
    };
    rendered("sign_up.html.j2", frame, view)
}

/// Writes the page of a step.
pub fn step(frame: &Frame<'_>, step: Step<'_>) -> Result<String, RenderError> {
    let (title, text, button) = step_words(step, frame.locale);
    let link = match step {
        Step::Confirmed { manage } => {
            let label = match frame.locale {
                Locale::English => "Choose how often, when and what",
                Locale::Chinese => "选择频率、时间和主题",
            };
            Some((format!("{}subscription/{manage}", frame.base()), label))
        }
        Step::Erase { token } => {
            let label = match frame.locale {
                Locale::English => "See what is kept",
                Locale::Chinese => "查看保存的数据",
            };
            Some((format!("{}erase/{token}/data.json", frame.base()), label))
        }
        _ => None,
    };
    rendered("step.html.j2", frame, StepView { title, text, button, link })
}

/// Title, text, and what the button says where there is one.
fn step_words(
    step: Step<'_>,
    locale: Locale,
) -> (&'static str, &'static str, Option<&'static str>) {
    match locale {
        Locale::English => english(step),
        Locale::Chinese => chinese(step),
    }
}

fn english(step: Step<'_>) -> (&'static str, &'static str, Option<&'static str>) {
    match step {
        Step::Asked => (
            "Look into your mail",
            "If the address can be written to, a letter with a link is on its way. Nothing happens until you follow it.",
            None,
        ),
        Step::TooMany => (
            "Please try again later",
            "More requests came from your network, or from everywhere together, than we answer in an hour.",
            None,
        ),
        Step::Confirm => (
            "One more step",
            "Press the button, and the digest comes to your address from now on. You can leave at any time with one click.",
            Some("Yes, send it to me"),
        ),
        Step::Confirmed { .. } => (
            "You are on the list",
            "The next edition comes to you. Every mail has a link to change or end it.",
            None,
        ),
        Step::Leave => {
            ("Leave this digest?", "Nothing more will come to your address.", Some("Unsubscribe"))
        }
        Step::Left => (
            "You are off the list",
            "Nothing more will come. You are welcome back at any time.",
            None,
        ),
        Step::Erase { .. } => (
            "Have your data erased?",
            "All subscriptions, choices and delivery records of your address are erased. This cannot be undone.",
            Some("Erase my data"),
        ),
        Step::Erased => (
            "Your data is erased",
            "If mail to your address was stopped before, an unreadable mark of it is kept so that it stays stopped.",
            None,
        ),
        Step::Spent => (
            "This link is no longer good",
            "It was used already, it is too old, or a part of it is missing. Please ask for a new one.",
            None,
        ),
        Step::Suppressed => (
            "We do not write to this address",
            "Mail to it came back, or was reported as unwanted. Please write to whoever runs this site.",
            None,
        ),
    }
}

fn chinese(step: Step<'_>) -> (&'static str, &'static str, Option<&'static str>) {
    match step {
        Step::Asked => (
            "请查看您的邮箱",
            "如果这个地址可以收信，一封带链接的邮件已经寄出。在您打开链接之前，什么也不会发生。",
            None,
        ),
        Step::TooMany => {
            ("请稍后再试", "来自您所在网络（或全部访客）的请求超过了每小时的上限。", None)
        }
        Step::Confirm => (
            "还差一步",
            "按下按钮之后，摘要会寄到您的邮箱。您随时可以一键退订。",
            Some("是的，请寄给我"),
        ),
        Step::Confirmed { .. } => {
            ("订阅成功", "下一期会寄给您。每封邮件里都有更改或退订的链接。", None)
        }
        Step::Leave => ("要退订吗？", "退订之后，不会再有邮件寄到您的邮箱。", Some("退订")),
        Step::Left => ("已经退订", "不会再有邮件寄来。欢迎随时回来。", None),
        Step::Erase { .. } => (
            "要删除您的数据吗？",
            "与您的邮箱有关的订阅、选择和投递记录都会被删除，无法恢复。",
            Some("删除我的数据"),
        ),
        Step::Erased => (
            "您的数据已删除",
            "如果此前已停止向您的邮箱寄信，我们只保留一个无法还原的标记，以便继续停止。",
            None,
        ),
        Step::Spent => ("链接已失效", "它已经用过、过期，或者不完整。请重新申请。", None),
        Step::Suppressed => (
            "我们不向这个地址寄信",
            "寄往该地址的邮件曾被退回或被举报。请与本站的运营者联系。",
            None,
        ),
    }
}
