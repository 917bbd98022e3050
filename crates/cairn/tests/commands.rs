//! Whole outputs of the built binary: every command once as text and once as JSON, and every exit code.
//!
//! The configuration is in a temporary folder and the home directory is one too, so nothing of the machine is
//! read or written. Dates, scores and ids are masked; everything else must stay as it is.

#![allow(clippy::unwrap_used)]

#[path = "commands/answers.rs"]
mod answers;
#[path = "commands/bench.rs"]
mod bench;
#[path = "commands/changes.rs"]
mod changes;
#[path = "commands/doctor.rs"]
mod doctor;
#[path = "commands/garden.rs"]
mod garden;
#[path = "commands/history.rs"]
mod history;
#[path = "commands/manners.rs"]
mod manners;
#[path = "commands/meaning.rs"]
mod meaning;
#[path = "commands/relocated.rs"]
mod relocated;
#[path = "commands/retrieval.rs"]
mod retrieval;
#[path = "commands/schema.rs"]
mod schema;
#[path = "commands/settings.rs"]
mod settings;
#[path = "commands/watch.rs"]
mod watch;
