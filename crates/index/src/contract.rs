//! Behaviours every backend must show.
