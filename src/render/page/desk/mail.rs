//! The outbox, and addresses that get no mail.

use serde::Serialize;

use super::super::super::{RenderError, guard};
use super::overview::{OutboxLine, StateView};
use super::{DeskFrame, times};
use crate::domain::{Delivery, DeliveryState, Suppression};

/// What is shown of the outbox.
#[derive(Debug, Clone, Default)]
pub struct MailPage {
    /// Deliveries that are not sent, by state.
    pub counts: Vec<OutboxLine>,
    /// The state that is looked at; absent: all in which a person may have to do something.
    pub state: Option<DeliveryState>,
    /// Deliveries, as far as they are shown.
    pub deliveries: Vec<Delivery>,
    /// Addresses that get no mail.
    pub suppressed: Vec<Suppression>,
}

#[derive(Serialize)]
struct View {
    counts: Vec<StateView>,
    state: Option<&'static str>,
    deliveries: Vec<DeliveryView>,
    suppressed: Vec<SuppressionView>,
}

#[derive(Serialize)]
struct DeliveryView {
    token: String,
    id: String,
    address: String,
    word: &'static str,
    attempts: u32,
    next: times::Time,
    response: Option<String>,
    is_in_doubt: bool,
    may_retry: bool,
}

#[derive(Serialize)]
struct SuppressionView {
    address: String,
    reason: &'static str,
    detail: String,
    since: times::Time,
    /// What is kept of an erased address is no address: nobody can be let in by it.
    is_address: bool,
}

/// Writes the page.
pub fn mail(desk: &DeskFrame<'_>, page: &MailPage) -> Result<String, RenderError> {
    let view = View {
        counts: page.counts.iter().map(|line| StateView::of(desk.words(), line)).collect(),
        state: page.state.map(DeliveryState::as_str),
        deliveries: page.deliveries.iter().map(|one| DeliveryView::of(desk, one)).collect(),
        suppressed: page.suppressed.iter().map(|one| SuppressionView::of(desk, one)).collect(),
    };
    desk.rendered("mail.html.j2", view)
}

impl DeliveryView {
    fn of(desk: &DeskFrame<'_>, delivery: &Delivery) -> Self {
        use DeliveryState::{Deferred, Failed, Unknown};
        Self {
            token: delivery.token().to_owned(),
            id: delivery.short_id().to_owned(),
            address: guard::line(delivery.address.as_str()),
            word: desk.words().state(delivery.state),
            attempts: delivery.attempts,
            next: desk.time(delivery.not_before),
            response: delivery.response.as_deref().map(guard::line),
            is_in_doubt: delivery.state == Unknown,
            may_retry: matches!(delivery.state, Deferred | Failed | Unknown),
        }
    }
}

impl SuppressionView {
    fn of(desk: &DeskFrame<'_>, suppression: &Suppression) -> Self {
        Self {
            address: guard::line(&suppression.address),
            reason: suppression.reason.as_str(),
            detail: guard::line(&suppression.detail),
            since: desk.time(suppression.since),
            is_address: suppression.address.contains('@'),
        }
    }
}
