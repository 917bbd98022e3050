//! `build_context`.
