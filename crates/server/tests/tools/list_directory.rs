//! `list_directory`.
