//! The wire itself: transports, who may come in, both eras of the protocol, subscriptions, progress, cancellation.
//!
//! Over real sockets and pipes within one process. What tools answer is tested in `tools`.

mod client;
mod embedding;
mod guard;
mod legacy;
mod long;
mod pipes;
mod server;
mod sse;
mod stateless;
mod subscriptions;
mod watching;
