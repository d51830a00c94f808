//! Work on many items at once, results in the order of the items.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// Items that may be under way or waiting for their turn, a worker.
const AHEAD: usize = 8;

/// Calls `work` on every item with `jobs` threads, and `emit` with each result in input order.
///
/// Items are taken only as results go out, so that a long input is never held in memory.
pub(super) fn ordered<T: Send, R: Send>(
    items: impl Iterator<Item = T> + Send,
    jobs: usize,
    work: impl Fn(T) -> R + Sync,
    mut emit: impl FnMut(R),
) {
    let jobs = jobs.max(1);
    let (done, results) = sync_channel(jobs * AHEAD);
    let items = Mutex::new(items.enumerate());
    thread::scope(|scope| {
        for _ in 0..jobs {
            let (done, items, work) = (done.clone(), &items, &work);
            scope.spawn(move || {
                loop {
                    let next =
                        items.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
                    let Some((index, item)) = next else { break };
                    if done.send((index, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        in_order(&results, &mut emit);
    });
}

fn in_order<R>(results: &Receiver<(usize, R)>, emit: &mut impl FnMut(R)) {
    let mut early = BTreeMap::new();
    let mut turn = 0;
    for (index, result) in results {
        early.insert(index, result);
        while let Some(result) = early.remove(&turn) {
            emit(result);
            turn += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let mut seen = Vec::new();
        let work = |n: u64| (0..(100 - n) * 1000).fold(n, |a, _| std::hint::black_box(a));
        ordered(0..100, 4, work, |n| seen.push(n));
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
    }
}
