//! Where stages run, which are pure and take the processor: on as many threads as there are processors, beside the async
//! workers. More would only hold more in memory at once, and each thread keeps what its patterns have learnt.

use std::any::Any;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use std::thread;

use tokio::sync::oneshot;

use super::turn::IngestError;
use crate::normalize::NormalizeError;

type Work = Box<dyn FnOnce() + Send>;

static THREADS: LazyLock<mpsc::Sender<Work>> = LazyLock::new(|| {
    let (sender, receiver) = mpsc::channel();
    let receiver = Arc::new(Mutex::new(receiver));
    for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
        let receiver = Arc::clone(&receiver);
        thread::spawn(move || {
            while let Ok(work) = next(&receiver) {
                work();
            }
        });
    }
    sender
});

fn next(receiver: &Mutex<mpsc::Receiver<Work>>) -> Result<Work, mpsc::RecvError> {
    receiver.lock().unwrap_or_else(PoisonError::into_inner).recv()
}

/// Runs `work` there. A panic ends this document only.
pub(super) async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, NormalizeError> + Send + 'static,
) -> Result<T, IngestError> {
    let (done, result) = oneshot::channel();
    let work = move || {
        // Who no longer waits was ended with his pass.
        let _ = done.send(catch_unwind(AssertUnwindSafe(work)));
    };
    // The threads end with the process: what is sent is done, and answered.
    let _ = THREADS.send(Box::new(work));
    match result.await {
        Ok(Ok(result)) => Ok(result?),
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
            let error = beside::<()>(|| panic!("the mast broke")).await.unwrap_err();
            assert!(error.to_string().contains("the mast broke"), "{error}");
        }
        assert_eq!(beside(|| Ok(7)).await.unwrap(), 7);
    }
}
