//! What goes over the wire, asked by a client that is not ours, in both eras of the protocol.
//!
//! The words of each tool are tested in `tools`. Invariant: no test opens a port or a process it does not end.

mod support;

mod completion;
mod handshake;
mod prompts;
mod resources;
