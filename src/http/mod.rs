//! The daemon's HTTP server: feeds from memory, pages from the store. It reads; every write goes through a job.
//!
//! | file | answers |
//! |---|---|
//! | `routes` | which address belongs to whom |
//! | `feeds` | published files |
//! | `health` | is it alive, is it ready, how does it stand |
//! | `desk` | the operator |
//! | `reading` | what people come to read |
//! | `archive` | what was mailed |
//! | `search` | what holds certain words |
//! | `subscriptions`, `limits` | asking for mail; how often strangers may |
//! | `own`, `reader_feed` | what readers do behind their links: choosing, leaving; their own feeds |
//! | `returned` | mail that came back |
//! | `pages`, `kept` | how every page is made, kept and refused |
//! | `assets` | stylesheet, script, `robots.txt` |
//! | `visitor` | who asks: language, headers |
//! | `prepared` | content coding, tags, conditions |
//! | `safety` | the headers and limits of every answer |

mod archive;
mod assets;
mod desk;
mod error;
mod feeds;
mod health;
mod kept;
mod limits;
mod own;
mod pages;
mod prepared;
mod reader_feed;
mod reading;
mod returned;
mod routes;
mod safety;
mod search;
mod subscriptions;
mod visitor;

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

use crate::domain::Token;
use crate::jobs::Context;
use crate::jobs::desk::mend::Pen;
use crate::publish::Shelf;
pub use desk::{Door, Errands};
pub use error::HttpError;
pub use health::Watched;

/// After this long, connections that are still busy are cut.
const LAST_ORDERS: Duration = Duration::from_secs(5);

/// How to serve.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What each file is served with, by its name.
    pub files: HashMap<String, File>,
    /// What those who watch are told.
    pub watched: Watched,
    /// Proxies whose word about who asks is believed.
    pub proxies: Vec<IpAddr>,
    /// The password by which mail that came back may be handed over.
    pub bounce_hook: Option<Token>,
    /// Who may sit down at the desk.
    pub door: Door,
    /// Writes into the configuration what is decided there.
    pub pen: Pen,
    /// What was set off there and is not over; it outlives a server that another one follows.
    pub errands: Errands,
}

/// What a file is served with beside its bytes.
#[derive(Debug, Clone)]
pub struct File {
    /// `Content-Type`.
    pub media_type: &'static str,
    /// Seconds that caches may keep it.
    pub max_age: u32,
    /// Its own address, and the hub's (`Link`, `WebSub` §4).
    pub links: Vec<(&'static str, String)>,
}

/// A port that is ours. Servers may follow one another on it, and nobody who connects in between is turned away.
#[derive(Debug)]
pub struct Port {
    listener: std::net::TcpListener,
    address: SocketAddr,
}

impl Port {
    /// Takes it.
    pub fn take(address: SocketAddr) -> Result<Self, HttpError> {
        let failed = |source| HttpError::Bind { address, source };
        let listener = std::net::TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
    }

    /// Where it is, for those that asked for any.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn listener(&self) -> Result<TcpListener, HttpError> {
        let failed = |source| HttpError::Bind { address: self.address, source };
        TcpListener::from_std(self.listener.try_clone().map_err(failed)?).map_err(failed)
    }
}

/// A server that has its port and waits to be run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    router: Router,
}

impl Server {
    /// On `port`. Files come from `shelf`, pages from what `context` has.
    pub fn on(
        port: &Port,
        settings: Settings,
        shelf: Shelf,
        context: Context,
    ) -> Result<Self, HttpError> {
        let served = feeds::Served::new(settings.files, shelf)?;
        let Settings { watched, proxies, door, pen, errands, .. } = settings;
        let admin = desk::Admin { door, pen, errands };
        let hook = returned::routes(context.clone(), settings.bounce_hook);
        let router = routes::router(served, context, watched, proxies, admin, hook);
        Ok(Self { listener: port.listener()?, router })
    }

    /// Serves until `stop` comes; then what is under way may end.
    pub async fn run(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), HttpError> {
        let (asked, told) = tokio::sync::oneshot::channel();
        let stop = async move {
            stop.await;
            // The other end waits below as long as the server runs.
            let _ = asked.send(());
        };
        let listener = self.listener.tap_io(|socket| {
            // Answers are written whole; waiting for more would only hold them back.
            let _ = socket.set_nodelay(true);
        });
        let service = self.router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(stop);
        let last_orders = async {
            match told.await {
                Ok(()) => tokio::time::sleep(LAST_ORDERS).await,
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            ended = serving.into_future() => ended.map_err(HttpError::Serve),
            () = last_orders => Ok(()),
        }
    }
}
