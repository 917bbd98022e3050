//! `recent_activity`.
