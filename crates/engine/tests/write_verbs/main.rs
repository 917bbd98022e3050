//! Writing, editing, moving and deleting: text in, text out, and what the index answers right after.

mod support;

mod conflict;
mod edit;
mod move_and_delete;
mod write;
