//! Which note is which, and what it is called, wherever it goes and whatever becomes of the index.

mod elsewhere;
mod returns;
mod support;
