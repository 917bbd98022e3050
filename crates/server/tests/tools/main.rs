//! What every tool answers: text in, text out, one file for each tool.
//!
//! Invariant: a snapshot changes only when somebody meant an answer to change.

mod harness;

mod arguments;
mod build_context;
mod constrained;
mod declarations;
mod delete_note;
mod diagnostics;
mod edit_note;
mod history;
mod list_directory;
mod move_links;
mod move_note;
mod projects;
mod read_content;
mod read_note;
mod recent_activity;
mod schema;
mod search_fetch;
mod search_notes;
mod sync;
mod view_note;
mod write_note;
