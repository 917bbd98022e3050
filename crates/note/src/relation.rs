//! `- type [[Target]] (context)` and links in prose: core.md 1.7.
