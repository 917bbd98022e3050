//! `read_note`.
