//! Connections handed out as sessions: one transaction on one connection, for one thread, at a time.
//!
//! Not what is asked in a session. Invariant: while a lease lives nobody else can reach its connection, so no
//! rollback, reset or drop of one session can touch another's rows; and whoever waits is served in the order of coming.

use super::rank::Ranker;
use crate::{Error, Result, error::StatementContext};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A connection and what is registered on it.
pub(super) struct Link {
    pub(super) connection: Connection,
    pub(super) ranker: Ranker,
}

impl Link {
    /// Registers the rank function on a connection that is ready otherwise.
    pub(super) fn new(connection: Connection) -> Result<Self> {
        connection.set_prepared_statement_cache_capacity(64);
        // Without it SQLite prepares some statements anew for every value they are given.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .action("keep query plans stable")?;
        let ranker = Ranker::register(&connection).action("register the rank function")?;
        Ok(Self { connection, ranker })
    }
}

/// How a transaction begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// It will only read.
    Read,
    /// It will write, and takes the write lock at once: a transaction that reads first and writes later fails
    /// with SQLITE_BUSY_SNAPSHOT without waiting.
    Write,
    /// It joins a transaction that is open already; the fault the contract tests must be able to see.
    #[cfg(test)]
    Join,
}

/// What opens one more connection of a pool.
type Opener = Box<dyn Fn() -> Result<Link> + Send + Sync>;

/// Connections of one kind, at most `capacity` of them.
pub(super) struct Pool {
    open: Opener,
    capacity: usize,
    timeout: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    idle: Vec<Link>,
    /// The holders' names, in the order they came.
    holders: Vec<&'static str>,
    /// Who waits, in the order they came: a connection goes to the first, however many come after.
    queue: VecDeque<Arc<Condvar>>,
}

impl Pool {
    /// Returns a pool that opens connections when they are first needed.
    pub(super) fn new(capacity: usize, timeout: Duration, open: Opener) -> Self {
        Self {
            open,
            capacity,
            timeout,
            state: Mutex::default(),
        }
    }

    /// Puts a connection in that was opened elsewhere.
    pub(super) fn stock(&self, link: Link) {
        self.lock().idle.push(link);
    }

    /// Hands out a connection in a transaction; waits at most the pool's timeout for it.
    pub(super) fn lease(
        &self,
        nest: &Nest,
        begin: Begin,
        holder: &'static str,
    ) -> Result<Lease<'_>> {
        let seat = nest.enter(holder)?;
        let link = self.take(holder)?;
        let lease = Lease {
            pool: self,
            link: Some(link),
            holder,
            open: false,
            _seat: seat,
            _thread: PhantomData,
        };
        lease.begin(begin)
    }

    fn take(&self, holder: &'static str) -> Result<Link> {
        let mut state = self.lock();
        if state.holders.len() >= self.capacity || !state.queue.is_empty() {
            state = self.queue(state)?;
        }
        state.holders.push(holder);
        // Whoever is first now may find another one free.
        self.call(&state);
        if let Some(link) = state.idle.pop() {
            return Ok(link);
        }
        drop(state);
        (self.open)().inspect_err(|_| self.leave(holder, None))
    }

    /// Waits until this thread is the first in the queue and a connection is free.
    fn queue<'s>(&'s self, mut state: MutexGuard<'s, State>) -> Result<MutexGuard<'s, State>> {
        let (since, turn) = (Instant::now(), Arc::new(Condvar::new()));
        state.queue.push_back(Arc::clone(&turn));
        loop {
            let waited = since.elapsed();
            let is_first = state
                .queue
                .front()
                .is_some_and(|first| Arc::ptr_eq(first, &turn));
            let is_free = state.holders.len() < self.capacity;
            if is_first && is_free {
                state.queue.pop_front();
                return Ok(state);
            }
            if waited >= self.timeout {
                state.queue.retain(|other| !Arc::ptr_eq(other, &turn));
                self.call(&state);
                return Err(Error::Busy {
                    holder: state.holders.join(", "),
                    waited,
                });
            }
            state = turn
                .wait_timeout(state, self.timeout - waited)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Wakes the first in the queue if there is something for it.
    fn call(&self, state: &State) {
        if let Some(first) = state.queue.front()
            && state.holders.len() < self.capacity
        {
            first.notify_one();
        }
    }

    fn leave(&self, holder: &'static str, link: Option<Link>) {
        let mut state = self.lock();
        if let Some(place) = state.holders.iter().position(|name| *name == holder) {
            state.holders.remove(place);
        }
        state.idle.extend(link);
        self.call(&state);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in a transaction, for as long as this lives.
pub(super) struct Lease<'a> {
    pool: &'a Pool,
    /// Gone only while the lease is dropped.
    link: Option<Link>,
    holder: &'static str,
    /// Whether a transaction is open that is this lease's own.
    open: bool,
    _seat: Seat,
    /// A lease stays on its thread, so that nesting can be seen.
    _thread: PhantomData<*const ()>,
}

impl Lease<'_> {
    fn begin(mut self, begin: Begin) -> Result<Self> {
        let statement = match begin {
            Begin::Read => "BEGIN",
            Begin::Write => "BEGIN IMMEDIATE",
            #[cfg(test)]
            Begin::Join if !self.connection().is_autocommit() => "SELECT 1",
            #[cfg(test)]
            Begin::Join => "BEGIN",
        };
        match self.connection().execute_batch(statement) {
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                Err(Error::Busy {
                    holder: "another process".to_owned(),
                    waited: self.pool.timeout,
                })
            }
            result => {
                result.action("begin a session")?;
                self.open = true;
                Ok(self)
            }
        }
    }

    /// Returns the connection.
    pub(super) fn connection(&self) -> &Connection {
        &self.link().connection
    }

    /// Returns the rank function's collector.
    pub(super) fn ranker(&self) -> &Ranker {
        &self.link().ranker
    }

    fn link(&self) -> &Link {
        self.link
            .as_ref()
            .expect("the connection is only taken out when the lease is dropped")
    }

    /// Makes everything done in the session last.
    pub(super) fn commit(mut self) -> Result<()> {
        self.connection().execute_batch("COMMIT").action("commit")?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let link = self.link.take();
        if let Some(link) = &link
            && self.open
            && !link.connection.is_autocommit()
        {
            // It fails only when SQLite has rolled back already.
            link.connection.execute_batch("ROLLBACK").ok();
        }
        self.pool.leave(self.holder, link);
    }
}

/// Tells one index from another, and sees a session opened inside a session.
pub(super) struct Nest(u64);

thread_local! {
    /// The sessions this thread has open, as (nest, holder).
    static OPEN: RefCell<Vec<(u64, &'static str)>> = const { RefCell::new(Vec::new()) };
}

impl Nest {
    pub(super) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    fn enter(&self, holder: &'static str) -> Result<Seat> {
        OPEN.with_borrow_mut(|open| match open.iter().find(|(nest, _)| *nest == self.0) {
            Some((_, outer)) => Err(Error::Nested {
                outer,
                inner: holder,
            }),
            None => {
                open.push((self.0, holder));
                Ok(Seat(self.0))
            }
        })
    }
}

/// This thread's place in a nest; left when dropped.
struct Seat(u64);

impl Drop for Seat {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| open.retain(|(nest, _)| *nest != self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn whoever_waits_is_served_in_the_order_of_coming() {
        let open = || Link::new(Connection::open_in_memory().action("open")?);
        let pool = Pool::new(1, Duration::from_secs(30), Box::new(open));
        let (nest, served) = (Nest::new(), Mutex::new(Vec::new()));
        let first = pool.lease(&nest, Begin::Read, "first").expect("it is free");
        thread::scope(|scope| {
            for number in 0..8 {
                let (pool, nest, served) = (&pool, &nest, &served);
                scope.spawn(move || {
                    let lease = pool.lease(nest, Begin::Read, "later").expect("it comes");
                    served.lock().expect("nobody panics").push(number);
                    drop(lease);
                });
                while pool.lock().queue.len() <= number {
                    thread::yield_now();
                }
            }
            drop(first);
        });
        let served = served.into_inner().expect("nobody panics");
        assert_eq!(served, [0, 1, 2, 3, 4, 5, 6, 7]);
        assert!(pool.lock().queue.is_empty());
    }
}
