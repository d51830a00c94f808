//! Tells the supervisor how the daemon stands: one datagram each, as `sd_notify(3)` says.

#[cfg(target_os = "linux")]
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;

/// Whom to tell, if anybody. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Notify(Option<Arc<(UnixDatagram, SocketAddr)>>);

impl Notify {
    /// At `socket`: a path, or an abstract name that begins with `@`.
    pub fn to(socket: Option<&str>) -> Self {
        let open = |socket| Ok::<_, std::io::Error>((UnixDatagram::unbound()?, address(socket)?));
        let opened = socket.map(open).transpose().inspect_err(|error| {
            tracing::warn!(%error, "the supervisor cannot be told how we stand");
        });
        Self(opened.ok().flatten().map(Arc::new))
    }

    /// Says `state`, such as `READY=1`. A supervisor that does not listen is no reason to stop.
    pub fn say(&self, state: &str) {
        if let Some((socket, address)) = self.0.as_deref() {
            let _ = socket.send_to_addr(state.as_bytes(), address);
        }
    }
}

fn address(socket: &str) -> std::io::Result<SocketAddr> {
    match socket.strip_prefix('@') {
        #[cfg(target_os = "linux")]
        Some(name) => SocketAddr::from_abstract_name(name.as_bytes()),
        _ => SocketAddr::from_pathname(socket),
    }
}
