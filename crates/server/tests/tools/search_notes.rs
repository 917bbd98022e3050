//! `search_notes`.
