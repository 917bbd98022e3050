//! `read_content`.
