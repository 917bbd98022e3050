//! `view_note`.
