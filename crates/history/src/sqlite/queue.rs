//! Who writes when: one thread at a time writes what all have queued meanwhile, in one transaction.
//!
//! Not what is written. Invariant: whoever is told that its work is done knows that the transaction was committed; work
//! that fails takes nobody else's with it.

use super::connections::Connections;
use super::{Options, open, settle};
use crate::error::{StatementContext, is_busy};
use crate::{Error, Outcome, Result, RevisionId};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Work in a transaction of the writer.
type Work = Box<dyn FnOnce(&Connection) -> Result<()> + Send>;

/// What is queued of one history.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    jobs: Vec<Job>,
    /// Whether a thread is writing, or has been told to.
    is_led: bool,
    /// Outcomes that go with the next transaction.
    settled: BTreeMap<RevisionId, Outcome>,
}

struct Job {
    work: Option<Work>,
    ticket: Arc<Ticket>,
}

/// What a waiting thread looks at.
#[derive(Default)]
struct Ticket {
    phase: Mutex<Phase>,
    changed: Condvar,
}

#[derive(Default)]
enum Phase {
    #[default]
    Waiting,
    /// The work is still queued, and this thread is to write it with everything else.
    Lead,
    Done(Result<()>),
}

impl Queue {
    /// Does something in a transaction, and returns when it is committed.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        connections: &Connections,
        options: &Options,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let answer = Arc::new(Mutex::new(None));
        let ticket = Arc::new(Ticket::default());
        let place = Arc::clone(&answer);
        let job = Job {
            work: Some(Box::new(move |connection| {
                let value = work(connection)?;
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
                Ok(())
            })),
            ticket: Arc::clone(&ticket),
        };
        let leads = {
            let mut state = self.lock();
            state.jobs.push(job);
            !std::mem::replace(&mut state.is_led, true)
        };
        if leads || ticket.must_lead() {
            self.lead(connections, options);
        }
        ticket.result()?;
        let value = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(value.expect("work that is done has left its answer"))
    }

    /// Has outcomes written with whatever is written next; that something is done cannot be taken back.
    pub(super) fn settle(&self, outcomes: &[(RevisionId, Outcome)]) {
        let mut state = self.lock();
        for (id, outcome) in outcomes {
            let known = state.settled.entry(*id).or_insert(*outcome);
            if *outcome == Outcome::Done {
                *known = Outcome::Done;
            }
        }
    }

    /// Returns the outcomes that are not written yet.
    pub(super) fn settled(&self) -> BTreeMap<RevisionId, Outcome> {
        self.lock().settled.clone()
    }

    /// Whether there are outcomes to be written.
    pub(super) fn has_settled(&self) -> bool {
        !self.lock().settled.is_empty()
    }

    fn lead(&self, connections: &Connections, options: &Options) {
        let jobs = std::mem::take(&mut self.lock().jobs);
        let mut batch = Batch { queue: self, jobs };
        let settled = self.settled();
        let result = batch.write(connections, options, &settled);
        if result.is_ok() {
            // What was settled again meanwhile stays.
            self.lock()
                .settled
                .retain(|id, outcome| settled.get(id) != Some(outcome));
        }
        for job in &batch.jobs {
            job.ticket.finish(result.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one thread writes for all; when it is dropped everybody is told, and the next thread leads.
struct Batch<'a> {
    queue: &'a Queue,
    jobs: Vec<Job>,
}

impl Batch<'_> {
    fn write(
        &mut self,
        connections: &Connections,
        options: &Options,
        settled: &BTreeMap<RevisionId, Outcome>,
    ) -> Result<()> {
        let mut connection = connections.write();
        let transaction = begin(&mut connection, options)?;
        open::is_known(&transaction)?;
        settle::write(&transaction, settled)?;
        for job in &mut self.jobs {
            let work = job.work.take().expect("work is done once");
            if let Err(error) = attempt(&transaction, work)? {
                job.ticket.finish(Err(error));
            }
        }
        transaction.commit().action("commit")
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        for job in &self.jobs {
            job.ticket.finish(Err(Error::Abandoned));
        }
        let mut state = self.queue.lock();
        match state.jobs.first() {
            Some(next) => next.ticket.lead(),
            None => state.is_led = false,
        }
    }
}

fn begin<'c>(connection: &'c mut Connection, options: &Options) -> Result<Transaction<'c>> {
    match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Err(error) if is_busy(&error) => Err(Error::Busy {
            seconds: options.busy_timeout.as_secs(),
        }),
        result => result.action("begin to write"),
    }
}

/// Does some work, or none of it; fails itself where the transaction cannot go on.
fn attempt(transaction: &Transaction<'_>, work: Work) -> Result<Result<()>> {
    let run = |statement| {
        transaction
            .prepare_cached(statement)
            .and_then(|mut statement| statement.execute([]))
            .action("mark a step")
    };
    run("SAVEPOINT work")?;
    let result = work(transaction);
    if transaction.is_autocommit() {
        // On a full disk SQLite gives up the whole transaction.
        result?;
        return Err(Error::Abandoned);
    }
    if result.is_err() {
        run("ROLLBACK TO work")?;
    }
    run("RELEASE work")?;
    Ok(result)
}

impl Ticket {
    /// Waits until it is known whether this thread must write itself.
    fn must_lead(&self) -> bool {
        let phase = self
            .changed
            .wait_while(self.lock(), |phase| matches!(phase, Phase::Waiting))
            .unwrap_or_else(PoisonError::into_inner);
        matches!(*phase, Phase::Lead)
    }

    fn result(&self) -> Result<()> {
        match &*self.lock() {
            Phase::Done(result) => result.clone(),
            Phase::Waiting | Phase::Lead => Err(Error::Abandoned),
        }
    }

    fn lead(&self) {
        *self.lock() = Phase::Lead;
        self.changed.notify_one();
    }

    /// Says how it ended, unless that was said before.
    fn finish(&self, result: Result<()>) {
        let mut phase = self.lock();
        if !matches!(*phase, Phase::Done(_)) {
            *phase = Phase::Done(result);
            self.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn work_that_panics_is_rolled_back_and_others_go_on() {
        let connections = Connections::memory().expect("it opens");
        let (queue, options) = (Queue::default(), Options::default());
        let write = |note: &'static str, panics: bool| {
            queue.submit(&connections, &options, move |connection| {
                connection
                    .execute("INSERT INTO place VALUES (1, ?1, 1, 'a.md', NULL)", [note])
                    .action("write")?;
                assert!(!panics, "on purpose");
                Ok(())
            })
        };
        write("before", false).expect("it is written");
        catch_unwind(AssertUnwindSafe(|| write("lost", true))).expect_err("it panics");
        write("after", false).expect("it is written");
        let notes = connections.read(|connection| {
            connection
                .query_row("SELECT group_concat(note) FROM place", [], |row| {
                    row.get::<_, String>(0)
                })
                .action("read")
        });
        assert_eq!(notes.expect("it can be asked"), "after,before");
    }

    #[test]
    fn whoever_waits_for_one_that_panics_is_told() {
        let connections = Connections::memory().expect("it opens");
        let (queue, options) = (Queue::default(), Options::default());
        let queued = |count: usize| {
            while queue.lock().jobs.len() < count {
                std::thread::yield_now();
            }
        };
        std::thread::scope(|scope| {
            // Nobody can write as long as this is held, so that the others queue.
            let held = connections.write();
            let first = scope.spawn(|| queue.submit(&connections, &options, |_| Ok(())));
            while !queue.lock().is_led {
                std::thread::yield_now();
            }
            while !queue.lock().jobs.is_empty() {
                std::thread::yield_now();
            }
            let panicking = scope.spawn(|| {
                let work = |_: &Connection| -> Result<()> { panic!("on purpose") };
                catch_unwind(AssertUnwindSafe(|| {
                    queue.submit(&connections, &options, work)
                }))
            });
            queued(1);
            let waiting = scope.spawn(|| queue.submit(&connections, &options, |_| Ok(())));
            queued(2);
            drop(held);
            first.join().expect("it ends").expect("it is written");
            panicking
                .join()
                .expect("it was caught")
                .expect_err("it panicked");
            let told = waiting.join().expect("it ends");
            assert!(matches!(told, Err(Error::Abandoned)), "{told:?}");
        });
        queue
            .submit(&connections, &options, |_| Ok(()))
            .expect("the next one leads");
    }

    #[test]
    fn what_is_done_stays_done_in_the_queue() {
        let queue = Queue::default();
        let id = RevisionId(1);
        queue.settle(&[(id, Outcome::Undone)]);
        queue.settle(&[(id, Outcome::Done)]);
        queue.settle(&[(id, Outcome::Undone)]);
        assert_eq!(queue.settled().get(&id), Some(&Outcome::Done));
    }
}
