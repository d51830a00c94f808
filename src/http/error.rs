//! Why feeds are not served.

use std::net::SocketAddr;

use thiserror::Error;

/// Why feeds are not served.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The port is taken, or not ours to take.
    #[error(
        "cannot listen on {address}: {source}; set http.listen to a free address, or leave it out"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// An address that cannot stand in a header.
    #[error("{0} cannot stand in a Link header")]
    Link(String),
    /// The server ended.
    #[error("serving ended: {0}")]
    Serve(std::io::Error),
}
