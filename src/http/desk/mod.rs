//! `/admin`, the operator's desk. Handlers read, call a job, and answer; nothing is decided here.
//!
//! | file | answers |
//! |---|---|
//! | `door` | who may come in: password and session, or a proxy's word; forms that are ours |
//! | `entry` | log in, log out |
//! | `answer` | how every page of the desk is sent |
//! | `overview` | one look, and the audit list |

mod answer;
mod door;
mod entry;
mod overview;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};

use super::limits::{Limits, Most};
use super::routes::Web;
use crate::domain::PasswordHash;
use crate::render::page::desk::Overview;

/// Tries of a password in an hour, of one network and in all.
const TRIES: Most = Most { per_network: 10, in_all: 200 };

/// Who may sit down at the desk.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// Whoever knows the password.
    pub password: Option<PasswordHash>,
    /// Whoever a proxy names in this header, as long as it is one of these proxies that says so.
    pub proxy: Option<(String, Vec<IpAddr>)>,
}

impl Door {
    fn is_walled_up(&self) -> bool {
        self.password.is_none() && self.proxy.is_none()
    }
}

/// What the handlers of the desk work with.
struct Desk {
    web: Arc<Web>,
    door: Door,
    tries: Limits,
    /// Held while a password is checked.
    turn: tokio::sync::Mutex<()>,
    /// Names of all schedules in the configuration.
    schedules: BTreeSet<String>,
    /// What was gathered a moment ago.
    seen: Mutex<Option<(DateTime<Utc>, Arc<Overview>)>>,
}

/// The routes of the desk; none where nobody may sit down at it.
pub(super) fn routes(web: &Arc<Web>, door: Door, schedules: BTreeSet<String>) -> Router {
    if door.is_walled_up() {
        return Router::new();
    }
    let tries = Limits::new(TRIES);
    let desk = Arc::new(Desk {
        web: Arc::clone(web),
        door,
        tries,
        turn: tokio::sync::Mutex::default(),
        schedules,
        seen: Mutex::default(),
    });
    Router::new()
        .route("/admin", get(overview::overview))
        .route("/admin/audit", get(overview::audit))
        .route("/admin/login", get(entry::form).post(entry::log_in))
        .route("/admin/logout", post(entry::log_out))
        .route("/admin/desk.css", get(answer::style))
        .route("/admin/desk.js", get(answer::script))
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), door::guard))
        .with_state(desk)
}
