//! An examination finds what was broken on purpose, and mends what can be mended.

mod support;

mod content;
mod data;
mod projects;
mod standing;
