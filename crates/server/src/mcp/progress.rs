//! Progress and cancellation of one call, between a verb on a blocking thread and the client.
//!
//! Invariant: a client that asked for no progress gets none, and progress never waits for the client.

use cairn_engine::{Cancel, Progress};
use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RequestContext};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often a client is told.
const EVERY: Duration = Duration::from_millis(100);

/// How far a call is, and whether anyone still waits for it.
pub(crate) struct Listening {
    counter: Arc<Counter>,
    cancel: Arc<Cancel>,
    stop: CancellationToken,
    listener: Option<(Peer<RoleServer>, ProgressToken)>,
}

#[derive(Default)]
struct Counter {
    done: AtomicU64,
    /// 0 when it is not known.
    total: AtomicU64,
}

/// What a verb tells.
pub(crate) struct Teller(Arc<Counter>);

impl Progress for Teller {
    fn begin(&self, _phase: &'static str, total: Option<u64>) {
        // A later phase counts on from where the last one ended: the wire wants progress that only grows.
        let done = self.0.done.load(Ordering::Relaxed);
        let total = total.map_or(0, |total| done + total);
        self.0.total.store(total, Ordering::Relaxed);
    }

    fn advance(&self, steps: u64) {
        self.0.done.fetch_add(steps, Ordering::Relaxed);
    }
}

/// Listens to one call.
pub(crate) fn listen(context: &RequestContext<RoleServer>) -> Listening {
    Listening {
        counter: Arc::default(),
        cancel: Arc::default(),
        stop: context.ct.clone(),
        listener: context
            .meta
            .get_progress_token()
            .map(|token| (context.peer.clone(), token)),
    }
}

impl Listening {
    /// Returns what the verb tells its progress to.
    pub(crate) fn progress(&self) -> Teller {
        Teller(Arc::clone(&self.counter))
    }

    /// Returns what the verb looks at to know whether to stop.
    pub(crate) fn cancel(&self) -> Arc<Cancel> {
        Arc::clone(&self.cancel)
    }

    /// Waits for the verb, telling the client how far it is, and the verb when the client gives up.
    pub(crate) async fn until<T>(self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let mut told = 0;
        loop {
            tokio::select! {
                value = &mut work => {
                    // A verb may be done before anyone looked how far it is.
                    self.tell(&mut told).await;
                    return value;
                }
                () = self.stop.cancelled(), if !self.cancel.is_cancelled() => self.cancel.cancel(),
                () = tokio::time::sleep(EVERY), if self.listener.is_some() => self.tell(&mut told).await,
            }
        }
    }

    /// Tells the client how far the verb is, where that is further than it was told.
    async fn tell(&self, told: &mut u64) {
        let done = self.counter.done.load(Ordering::Relaxed);
        let Some((peer, token)) = &self.listener else {
            return;
        };
        if done <= *told {
            return;
        }
        *told = done;
        let total = self.counter.total.load(Ordering::Relaxed);
        #[expect(clippy::cast_precision_loss, reason = "counts of files")]
        let mut parameters = ProgressNotificationParam::new(token.clone(), done as f64);
        #[expect(clippy::cast_precision_loss, reason = "counts of files")]
        if total > 0 {
            parameters = parameters.with_total(total as f64);
        }
        tokio::select! {
            // A client that is gone, or that does not read, is told nothing.
            _ = tokio::time::timeout(EVERY, peer.notify_progress(parameters)) => {}
            () = self.stop.cancelled() => {}
        }
    }
}
