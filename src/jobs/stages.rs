//! Where stages run, which are pure and take the processor: on as many threads as there are processors but one, which the
//! async workers and the store keep busy. More would only hold more in memory at once, and each thread keeps what its patterns
//! have learnt.

use std::any::Any;
use std::collections::VecDeque;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use tokio::sync::oneshot;

use super::turn::IngestError;

type Work = Box<dyn FnOnce() + Send>;

/// Threads without work, and work without a thread: one of both is empty.
#[derive(Default)]
struct Stages {
    idle: Vec<mpsc::Sender<Work>>,
    waiting: VecDeque<Work>,
}

static STAGES: LazyLock<Mutex<Stages>> = LazyLock::new(|| {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    for _ in 0..processors.saturating_sub(1).max(1) {
        thread::spawn(serve);
    }
    Mutex::default()
});

fn stages() -> MutexGuard<'static, Stages> {
    STAGES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the threads. Threads that come first have heaps of their own where heaps are few, as the unit and the container
/// have it: these take and give back more memory than any others but the store's.
pub fn start() {
    drop(stages());
}

fn serve() {
    let (sender, receiver) = mpsc::channel();
    loop {
        let mut stages = stages();
        if let Some(work) = stages.waiting.pop_front() {
            drop(stages);
            work();
            continue;
        }
        stages.idle.push(sender.clone());
        drop(stages);
        // Its own sender is here: it never ends.
        if let Ok(work) = receiver.recv() {
            work();
        }
    }
}

/// Gives `work` to the thread that has worked last, as its memory and its patterns are at hand.
fn give(work: Work) {
    let mut stages = stages();
    match stages.idle.pop() {
        Some(thread) => drop(thread.send(work)),
        None => stages.waiting.push_back(work),
    }
}

/// Runs `work` there. A panic ends this document only.
pub(super) async fn beside<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, IngestError>
where
    T: Send + 'static,
    E: Into<IngestError> + Send + 'static,
{
    let (done, result) = oneshot::channel();
    let work = move || {
        // Who no longer waits was ended with his pass.
        let _ = done.send(catch_unwind(AssertUnwindSafe(work)));
    };
    // The threads end with the process: what is given is done, and answered.
    give(Box::new(work));
    match result.await {
        Ok(Ok(result)) => result.map_err(E::into),
        Ok(Err(panic)) => Err(IngestError::Panic(said(panic.as_ref()))),
        Err(_) => Err(IngestError::Panic("it was never begun".into())),
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("nothing was said").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_named_and_the_thread_goes_on() {
        for _ in 0..16 {
            let work = || -> Result<(), IngestError> { panic!("the mast broke") };
            let error = beside(work).await.unwrap_err();
            assert!(error.to_string().contains("the mast broke"), "{error}");
        }
        assert_eq!(beside(|| Ok::<_, IngestError>(7)).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn more_work_than_threads_waits_and_is_done() {
        let work = (0..500_u64).map(|number| beside(move || Ok::<_, IngestError>(number)));
        let done = futures_util::future::join_all(work).await;
        assert_eq!(done.into_iter().map(Result::unwrap).sum::<u64>(), 124_750);
    }
}
