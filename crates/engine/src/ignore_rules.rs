//! Which files of a folder are not looked at.
