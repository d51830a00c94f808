//! Who started the daemon and wants to hear from it, as `sd_notify(3)` says.

use std::time::Duration;

use super::Environment;

/// Whom to tell of start, life and end; nobody where the environment names none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supervisor {
    /// A Unix datagram socket: a path, or a name that begins with `@`.
    pub socket: Option<String>,
    /// It takes us for dead when it has not heard from us for so long.
    pub watchdog: Option<Duration>,
}

impl Supervisor {
    pub(super) fn read(environment: &Environment) -> Self {
        let own = std::process::id().to_string();
        let is_for_us = environment("WATCHDOG_PID").is_none_or(|pid| pid == own);
        let micros = environment("WATCHDOG_USEC").and_then(|micros| micros.parse().ok());
        let watchdog = micros.filter(|micros| is_for_us && *micros > 0).map(Duration::from_micros);
        Self { socket: environment("NOTIFY_SOCKET"), watchdog }
    }
}
