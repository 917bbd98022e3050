//! Vectors in memory: rounded, side by side, and compared with all of them at once.
//!
//! Not where they are stored (`sqlite`) nor what makes them. Invariant: the same vectors and question give the same
//! answer on every processor.

mod quantised;

pub(crate) use quantised::Quantised;
