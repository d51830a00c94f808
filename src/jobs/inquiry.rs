//! A look at documents by hand: asked for as politely as ingest asks, with respect for its leases, and nothing is stored.

use chrono::{DateTime, FixedOffset};

use super::hosts::{self, Asker, Hosts, Leases, Manners};
use super::turn::IngestError;
use crate::clock::Clock;
use crate::domain::Access;
use crate::fetch::{Fetched, Fetcher, Place, Request};
use crate::store::Store;

/// Asks for documents.
#[derive(Debug)]
pub struct Inquiry {
    clock: Clock,
    fetcher: Fetcher,
    hosts: Hosts,
    manners: Manners,
    store: Option<Store>,
}

impl Inquiry {
    /// Beside whoever works on `store`; where there is none yet, nobody does.
    pub fn new(clock: Clock, fetcher: Fetcher, manners: Manners, store: Option<Store>) -> Self {
        Self { clock, fetcher, hosts: Hosts::default(), manners, store }
    }

    /// What fetches.
    pub fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// Fetches a document, as soon as its host may be asked.
    pub async fn document(
        &self,
        place: &Place,
        access: &Access,
        at: DateTime<FixedOffset>,
    ) -> Result<Fetched, IngestError> {
        let request = Request { place, access, known: None, at };
        let (answer, _) = hosts::ask(self.asker(), &request).await?;
        Ok(answer.document(place)?)
    }

    /// Closes what was looked into.
    pub async fn end(self) {
        if let Some(store) = &self.store {
            store.close().await;
        }
    }

    fn asker(&self) -> Asker<'_> {
        Asker {
            clock: &self.clock,
            fetcher: &self.fetcher,
            hosts: &self.hosts,
            manners: &self.manners,
            leases: self.store.as_ref().map_or(Leases::Nowhere, Leases::Seen),
        }
    }
}
