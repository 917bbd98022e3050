//! Nothing is lost: what every verb leaves in the history, and what comes back from it.

mod bytes;
mod dice;
mod support;

mod apart;
mod many;
mod outside;
mod pruning;
mod safety;
mod session;
mod undo;
mod verbs;
