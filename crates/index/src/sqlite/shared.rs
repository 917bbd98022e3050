//! The fault that began this project, on purpose: every session on one shared connection.
//!
//! Not a backend: only the contract tests use it, to prove that they would notice. Invariant: it differs from the
//! index in memory in nothing but the sharing.

#![allow(unsafe_code)]

use super::follow::Followed;
use super::open;
use super::pool::{Begin, Link, Nest, Pool};
use super::{Index, Options};
use crate::Result;
use crate::error::StatementContext;
use rusqlite::{Connection, OpenFlags};
use std::sync::Mutex;

/// Returns an index in memory whose sessions all use one connection at the same time.
pub(crate) fn shared_connection(options: &Options) -> Result<Index> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_FULL_MUTEX
        | OpenFlags::SQLITE_OPEN_MEMORY;
    let mut owner =
        Connection::open_with_flags(":memory:", flags).action("open a shared connection")?;
    open::set_up(&mut owner)?;
    let owner = Mutex::new(owner);
    let another = move || {
        let owner = owner.lock().expect("nothing panics under this lock");
        // SAFETY: the owner lives as long as this closure, which the pool keeps beside the connections made here.
        let connection = unsafe { Connection::from_handle(owner.handle()) };
        Link::new(connection.action("share a connection")?)
    };
    let pool = Pool::new(64, options.checkout_timeout, Box::new(another));
    Ok(Index {
        nest: Nest::new(),
        writer: pool,
        readers: None,
        begin: (Begin::Join, Begin::Join),
        followed: Followed::default(),
    })
}
