//! `projects`.
