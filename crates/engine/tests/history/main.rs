//! Nothing is lost: what every verb leaves in the history, and what comes back from it.

mod support;

mod outside;
mod safety;
mod session;
mod undo;
mod verbs;
