//! What a process does of all there is to do; one process usually does everything.

/// A part of the work that a process may leave to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Answers over HTTP.
    Web,
    /// Publishes feeds and composes digests.
    Scheduler,
    /// Reads sources.
    Fetcher,
    /// Delivers mail.
    Mailer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Web, Self::Scheduler, Self::Fetcher, Self::Mailer];

    /// The word in the configuration and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Scheduler => "scheduler",
            Self::Fetcher => "fetcher",
            Self::Mailer => "mailer",
        }
    }

    /// Reads what [`Role::as_str`] wrote.
    pub fn parse(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|role| role.as_str() == word);
        known.ok_or_else(|| "expected web, scheduler, fetcher or mailer".into())
    }
}
