//! `edit_note`.
