//! The relays that mail may go through: whose turn it is, how many connections each may have, how fast each may be used, and
//! which of them are out for this run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::smtp::{Connection, Sign};
use super::window::Window;
use super::{Mail, MailError, Relay};
use crate::domain::Verdict;

/// A relay that has shown so many signs of trouble without taking a single mail in between is out: a list must not be burnt
/// on a server that refuses everybody.
const MOST_TROUBLE: u32 = 30;
/// How much a relay that serves nobody counts beside one that refused one mail.
const AWAY_COUNTS: u32 = 10;
/// The longest sleep before looking again.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// All relays.
#[derive(Debug)]
pub(super) struct Relays {
    lines: Vec<Line>,
    /// Smooth weighted turns: each counts up by its weight, the highest goes and pays for all.
    scores: Mutex<Vec<i64>>,
    freed: Notify,
}

#[derive(Debug)]
struct Line {
    relay: Relay,
    slots: Arc<Semaphore>,
    windows: Mutex<Vec<Window>>,
    idle: Mutex<Vec<Connection>>,
    health: Mutex<Health>,
}

#[derive(Debug, Default)]
struct Health {
    trouble: u32,
    out: Option<MailError>,
}

/// The right to send one mail, over a connection that is open.
#[derive(Debug)]
pub(super) struct Turn {
    relays: Arc<Relays>,
    index: usize,
    connection: Option<Connection>,
    permit: Option<OwnedSemaphorePermit>,
}

/// Which relay may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pick {
    /// Whose turn it is, if a connection to it is open.
    Open,
    /// Whose turn it is.
    ByWeight,
    /// Whose turn it is among those with a connection to spare.
    Any,
}

enum Choice {
    Turn(Turn),
    Wait(Duration),
    Out(MailError),
}

impl Relays {
    pub(super) fn new(relays: Vec<Relay>) -> Self {
        let lines: Vec<Line> = relays.into_iter().map(Line::new).collect();
        Self { scores: Mutex::new(vec![0; lines.len()]), lines, freed: Notify::new() }
    }

    pub(super) fn connections(&self) -> usize {
        self.lines.iter().map(|line| line.relay.connections).sum()
    }

    pub(super) fn names(&self) -> String {
        let names: Vec<String> = self.lines.iter().map(|line| line.relay.server()).collect();
        names.join(", ")
    }

    /// A new run gives every relay a new chance.
    pub(super) fn begin(&self) {
        self.lines.iter().for_each(|line| *locked(&line.health) = Health::default());
    }

    /// Closes what is open.
    pub(super) async fn end(&self) {
        for line in &self.lines {
            let idle = std::mem::take(&mut *locked(&line.idle));
            for connection in idle {
                connection.close().await;
            }
        }
    }

    /// The next turn, if there is one to be had at once on a connection that is open.
    pub(super) fn at_once(self: &Arc<Self>) -> Option<Turn> {
        match self.choose(Instant::now(), Pick::Open) {
            Choice::Turn(turn) => Some(turn),
            Choice::Wait(_) | Choice::Out(_) => None,
        }
    }

    /// Waits for a turn; an error says that no relay is left.
    pub(super) async fn turn(self: &Arc<Self>) -> Result<Turn, MailError> {
        let mut pick = Pick::ByWeight;
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            match self.choose(Instant::now(), pick) {
                Choice::Turn(mut turn) => {
                    if turn.connect().await {
                        return Ok(turn);
                    }
                }
                Choice::Wait(wait) => {
                    // A relay that hangs must not keep the others waiting for their share.
                    let waited = tokio::time::timeout(wait.min(LONGEST_WAIT), freed).await;
                    pick = if waited.is_err() { Pick::Any } else { Pick::ByWeight };
                }
                Choice::Out(error) => return Err(error),
            }
        }
    }

    fn choose(self: &Arc<Self>, now: Instant, pick: Pick) -> Choice {
        let mut scores = locked(&self.scores);
        let (mut ready, mut wait, mut out) = (Vec::new(), LONGEST_WAIT, None);
        for (index, line) in self.lines.iter().enumerate() {
            let pause = line.wait(now);
            match &locked(&line.health).out {
                Some(error) => out = Some(error.clone()),
                None if !pause.is_zero() => wait = wait.min(pause),
                None if pick == Pick::Any && !line.has_room() => {}
                None => ready.push(index),
            }
        }
        let all_out = self.lines.iter().all(|line| locked(&line.health).out.is_some());
        if let (true, Some(error)) = (all_out, out) {
            return Choice::Out(error);
        }
        // Smooth weighted turns; of equals the first.
        let score = |index: &usize| scores[*index] + self.weight(*index);
        let Some(best) = ready.iter().rev().copied().max_by_key(score) else {
            return Choice::Wait(wait);
        };
        let line = &self.lines[best];
        if !line.has_room() || (pick == Pick::Open && locked(&line.idle).is_empty()) {
            return Choice::Wait(LONGEST_WAIT);
        }
        let Some(turn) = self.take(best, now) else { return Choice::Wait(LONGEST_WAIT) };
        for index in &ready {
            scores[*index] += self.weight(*index);
        }
        scores[best] -= ready.iter().map(|index| self.weight(*index)).sum::<i64>();
        Choice::Turn(turn)
    }

    fn take(self: &Arc<Self>, index: usize, now: Instant) -> Option<Turn> {
        let line = &self.lines[index];
        let permit = line.slots.clone().try_acquire_owned().ok()?;
        locked(&line.windows).iter_mut().for_each(|window| window.take(now));
        let connection = locked(&line.idle).pop();
        Some(Turn { relays: self.clone(), index, connection, permit: Some(permit) })
    }

    fn weight(&self, index: usize) -> i64 {
        i64::from(self.lines[index].relay.weight)
    }
}

impl Line {
    fn new(relay: Relay) -> Self {
        let second = relay.per_second.map(|limit| Window::new(limit, Duration::from_secs(1)));
        let minute = relay.per_minute.map(|limit| Window::new(limit, Duration::from_mins(1)));
        Self {
            slots: Arc::new(Semaphore::new(relay.connections)),
            windows: Mutex::new(second.into_iter().chain(minute).collect()),
            idle: Mutex::default(),
            health: Mutex::default(),
            relay,
        }
    }

    fn has_room(&self) -> bool {
        self.slots.available_permits() > 0
    }

    fn wait(&self, now: Instant) -> Duration {
        let mut windows = locked(&self.windows);
        windows.iter_mut().map(|window| window.wait(now)).max().unwrap_or_default()
    }

    /// What an answer says of the relay; its words are kept without addresses, since they go into the log.
    fn note(&self, sign: Sign, words: &str) {
        let mut health = locked(&self.health);
        match sign {
            Sign::Well => health.trouble = 0,
            Sign::Reader | Sign::Stale => {}
            Sign::Ill => health.trouble += 1,
            Sign::Away => health.trouble += AWAY_COUNTS,
            Sign::Shut => health.trouble = MOST_TROUBLE,
        }
        if health.trouble >= MOST_TROUBLE && health.out.is_none() {
            let (server, reason) = (self.relay.server(), without_addresses(words));
            health.out = Some(match sign {
                Sign::Shut => MailError::Refused { server, reason },
                _ => MailError::Troubled { server, reason },
            });
        }
    }
}

impl Turn {
    /// Sends the mail and gives the turn back.
    pub(super) async fn send(mut self, mail: &Mail) -> Verdict {
        loop {
            if !self.connect().await {
                return Verdict::Unserved("no connection to the relay".into());
            }
            let Some(mut connection) = self.connection.take() else {
                return Verdict::Unserved("no connection to the relay".into());
            };
            let outcome = connection.send(mail).await;
            self.line().note(outcome.sign, outcome.verdict.response());
            let most = self.line().relay.per_connection;
            if outcome.keep && most.is_none_or(|most| connection.carried < most) {
                locked(&self.line().idle).push(connection);
            } else if outcome.keep {
                connection.close().await;
            }
            if outcome.sign != Sign::Stale {
                return outcome.verdict;
            }
        }
    }

    fn line(&self) -> &Line {
        &self.relays.lines[self.index]
    }

    /// Makes sure that there is a connection; where there is none to be had, the relay is out for this run.
    async fn connect(&mut self) -> bool {
        if self.connection.is_some() {
            return true;
        }
        match Connection::open(&self.line().relay).await {
            Ok(connection) => self.connection = Some(connection),
            Err(error) => locked(&self.line().health).out = Some(error),
        }
        self.connection.is_some()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            locked(&self.line().idle).push(connection);
        }
        drop(self.permit.take());
        self.relays.freed.notify_one();
    }
}

fn without_addresses(words: &str) -> String {
    let shown = |word| if str::contains(word, '@') { "(an address)" } else { word };
    words.split_whitespace().map(shown).collect::<Vec<_>>().join(" ")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Patience, Tls};

    fn relay(weight: u32) -> Relay {
        Relay {
            host: "mx.example".into(),
            port: 25,
            tls: Tls::None,
            credentials: None,
            hello: "me.example".into(),
            authority: None,
            connections: 100,
            weight,
            per_second: None,
            per_minute: None,
            per_connection: None,
            patience: Patience::default(),
        }
    }

    fn turns(relays: &Arc<Relays>, count: usize) -> Vec<usize> {
        let next = |_| match relays.choose(Instant::now(), Pick::ByWeight) {
            Choice::Turn(turn) => Some(turn.index),
            Choice::Wait(_) | Choice::Out(_) => None,
        };
        (0..count).filter_map(next).collect()
    }

    #[test]
    fn turns_go_round_by_weight() {
        let relays = Arc::new(Relays::new(vec![relay(3), relay(1)]));
        assert_eq!(turns(&relays, 8), [0, 0, 1, 0, 0, 0, 1, 0]);
    }

    #[test]
    fn what_one_may_not_carry_the_other_does() {
        let limited = Relay { per_second: Some(2), ..relay(1) };
        let relays = Arc::new(Relays::new(vec![limited, relay(1)]));
        assert_eq!(turns(&relays, 10).iter().filter(|index| **index == 0).count(), 2);
        relays.lines[1].note(Sign::Shut, "530 not you, ann@example.org");
        assert!(turns(&relays, 1).is_empty(), "the one is out, the other has had its share");
        let out = locked(&relays.lines[1].health).out.clone().unwrap().to_string();
        assert!(out.contains("530 not you,") && !out.contains("ann@"), "{out}");
    }

    #[test]
    fn a_relay_that_refuses_everybody_is_out_and_one_that_refuses_many_is_not() {
        let relays = Relays::new(vec![relay(1)]);
        let line = &relays.lines[0];
        for _ in 0..100 {
            (0..29).for_each(|_| line.note(Sign::Ill, "554 5.7.1 policy"));
            (0..99).for_each(|_| line.note(Sign::Reader, "550 5.1.1 unknown"));
            line.note(Sign::Well, "250 ok");
        }
        assert!(locked(&line.health).out.is_none());
        (0..30).for_each(|_| line.note(Sign::Ill, "554 5.7.1 policy"));
        assert!(matches!(locked(&line.health).out, Some(MailError::Troubled { .. })));
    }
}
