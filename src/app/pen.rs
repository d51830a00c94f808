//! What the desk writes into the configuration file, and how what is written is put to work.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::App;
use crate::config::{self, Config};
use crate::jobs::desk::mend::{Pen, Reload};

/// The other end of [`Reload`].
pub(super) type Asked = mpsc::Receiver<oneshot::Sender<Result<(), String>>>;

/// Where a reload is asked for, and where it is heard.
pub(super) fn reloads() -> (Reload, Asked) {
    mpsc::channel(1)
}

impl App {
    /// The hand that writes into the file this App was made from.
    pub(super) fn pen(&self, reload: Reload) -> Pen {
        let file = self.file.clone();
        Pen {
            write: Arc::new(move |source, placement| {
                let written = config::place_field(&file, source, placement);
                written.map_err(|error| error.to_string())
            }),
            block: config::field_block,
            reload,
        }
    }

    /// The configuration as the file has it now; what was said of this process at its start goes on.
    pub(super) fn read_again(&self) -> Result<Config, String> {
        let config = Config::load(&self.file).map_err(|error| error.to_string())?;
        Ok(Config { daemon: self.daemon.clone(), ..config })
    }
}
