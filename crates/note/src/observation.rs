//! `- [category] content #tag (context)`: core.md 1.6.
