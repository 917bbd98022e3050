//! `move_note`.
