//! The contract of the history, on memory and on a file, and what only files can go through.

mod adopt;
mod bench;

mod contents;
mod identity;
mod pruning;
mod random;
mod revisions;
mod touched;

mod damage;
mod durable;
mod looking;
mod taken_back;
mod together;
