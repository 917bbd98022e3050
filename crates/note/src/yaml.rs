//! YAML events to values with PyYAML SafeLoader's rules for plain scalars, and values to YAML text.
//!
//! Not a general YAML library: values come out normalised as metadata wants them (strings, lists, maps, nulls),
//! and text goes out in one style only, PyYAML's block style.
//! Invariant: what [`emit()`] writes, [`load()`] reads back as the same value.

mod emit;
mod layout;
mod load;
mod plain;

pub(crate) use emit::{Emitted, emit, emit_map};
pub(crate) use layout::{Entry, Layout, layout};
pub(crate) use load::{Malformed, load};
pub(crate) use plain::{Plain, number_text, resolve};

use std::borrow::Cow;

/// `text` without NUL characters, which no database takes and which would end the YAML early.
fn without_nul(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(0, text.as_bytes()).is_some() {
        Cow::Owned(text.replace('\0', ""))
    } else {
        text
    }
}
