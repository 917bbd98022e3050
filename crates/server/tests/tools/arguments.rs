//! `arguments`.
