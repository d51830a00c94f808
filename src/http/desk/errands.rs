//! Work that somebody at the desk has asked for and that may take longer than they wait: it goes on behind the page, one of
//! a name at a time, and ends with the daemon.

use std::collections::HashSet;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// How long a page waits for what it has set off.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long what is under way may go on when the daemon ends.
const LAST_ORDERS: Duration = Duration::from_secs(5);

/// What is under way. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Errands(Arc<Mutex<UnderWay>>);

#[derive(Debug, Default)]
struct UnderWay {
    names: HashSet<String>,
    tasks: JoinSet<()>,
}

/// What has become of an errand by the time the page is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Errand {
    /// It is over, and this came of it.
    Over(Result<String, String>),
    /// It goes on.
    GoesOn,
    /// One of this name was under way already.
    UnderWayAlready,
}

impl Errands {
    /// Whether one of this name is under way.
    pub(super) fn is_under_way(&self, name: &str) -> bool {
        self.lock().names.contains(name)
    }

    /// Sets one off, and waits for it for a while.
    pub(super) async fn run(
        &self,
        name: String,
        work: impl Future<Output = Result<String, String>> + Send + 'static,
    ) -> Errand {
        let (told, heard) = oneshot::channel();
        {
            let mut under_way = self.lock();
            while under_way.tasks.try_join_next().is_some() {}
            if !under_way.names.insert(name.clone()) {
                return Errand::UnderWayAlready;
            }
            let all = self.clone();
            under_way.tasks.spawn(async move {
                // Leaves the list however the work ends.
                let _listed = Listed { all, name };
                // Whoever asked may have gone.
                let _ = told.send(work.await);
            });
        }
        match tokio::time::timeout(PATIENCE, heard).await {
            Ok(Ok(outcome)) => Errand::Over(outcome),
            Ok(Err(_)) => Errand::Over(Err("it ended in a panic, which is in the log".to_owned())),
            Err(_) => Errand::GoesOn,
        }
    }

    /// Waits for what is under way, for a while.
    pub async fn end(&self) {
        let mut tasks = std::mem::take(&mut self.lock().tasks);
        let all = async { while tasks.join_next().await.is_some() {} };
        // What is left then is broken off, as a kill would break it off.
        let _ = tokio::time::timeout(LAST_ORDERS, all).await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, UnderWay> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Listed {
    all: Errands,
    name: String,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.all.lock().names.remove(&self.name);
    }
}
