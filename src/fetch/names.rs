//! Who says where a host is: the system's resolver, or fixed answers. Whoever it is, every answer is checked, and the
//! answers that were checked are the ones that get connected to.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::FetchError;
use super::guard::is_public;

/// Host → addresses.
pub type Lookup = Arc<dyn Fn(&str) -> Vec<IpAddr> + Send + Sync>;

/// Where hosts are.
#[derive(Clone)]
pub enum Names {
    /// Wherever this machine's resolver says.
    System,
    /// Wherever this function says, each time it is asked.
    Fixed(Lookup),
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Self::System) { "System" } else { "Fixed" })
    }
}

impl Names {
    async fn lookup(&self, host: &str) -> std::io::Result<Vec<SocketAddr>> {
        match self {
            Self::System => Ok(tokio::net::lookup_host((host, 0)).await?.collect()),
            Self::Fixed(answer) => {
                Ok(answer(host).into_iter().map(|ip| SocketAddr::new(ip, 0)).collect())
            }
        }
    }
}

/// The client's resolver: one question a connection, its answers checked all together.
#[derive(Debug)]
pub(super) struct Guarded {
    pub names: Names,
    pub allow_private: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, allow_private) = (self.names.clone(), self.allow_private);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = names.lookup(&host).await?;
            let private = found.iter().find(|address| !is_public(address.ip()));
            match private {
                Some(private) if !allow_private => {
                    Err(FetchError::Private { host, address: private.ip() }.into())
                }
                _ => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    async fn ask(guarded: &Guarded) -> Result<Vec<SocketAddr>, String> {
        let answer = guarded.resolve(Name::from_str("rebinding.example").unwrap()).await;
        answer.map(Iterator::collect).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_name_that_turns_private_is_refused_when_it_does() {
        let asked = AtomicUsize::new(0);
        let turning = move |_: &str| match asked.fetch_add(1, Ordering::SeqCst) {
            0 => vec![IpAddr::from([203, 0, 114, 7])],
            _ => vec![IpAddr::from([127, 0, 0, 1])],
        };
        let guarded = Guarded { names: Names::Fixed(Arc::new(turning)), allow_private: false };
        assert_eq!(ask(&guarded).await.unwrap(), [SocketAddr::from(([203, 0, 114, 7], 0))]);
        assert!(ask(&guarded).await.unwrap_err().contains("127.0.0.1"));
    }

    #[tokio::test]
    async fn one_private_answer_among_public_ones_refuses_all() {
        let mixed = |_: &str| vec![IpAddr::from([203, 0, 114, 7]), IpAddr::from([10, 0, 0, 1])];
        let guarded = Guarded { names: Names::Fixed(Arc::new(mixed)), allow_private: false };
        assert!(ask(&guarded).await.unwrap_err().contains("10.0.0.1"));
    }
}
