//! `search_fetch`.
