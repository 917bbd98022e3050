//! `delete_note`.
