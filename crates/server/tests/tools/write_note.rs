//! `write_note`.
