//! Naming, reading, listing, searching and walking: questions in, answers out.

mod support;

mod context;
mod identify;
mod list;
mod look_up;
mod read;
mod resources;
mod rows;
mod schema;
mod search;
