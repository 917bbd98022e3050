//! Vectors in memory: rounded, side by side, and compared with a question one and all.
//!
//! Not where they are stored (`sqlite`) nor what makes them. Invariant: the same vectors and question give the same
//! answer on every processor, in whatever order the vectors came.

mod dot;
mod quantised;
mod scan;
mod table;

pub(crate) use quantised::Quantised;
pub(crate) use scan::{Near, Wanted};
pub(crate) use table::{Row, Rows, Table};
