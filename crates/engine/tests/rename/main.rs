//! Moves that update links, through the public interface only.

mod folder;
mod note;
mod random;
mod stopped;
mod support;
