//! A permalink as people ask for it, or a pattern of several.
//!
//! Not looking it up. Invariant: the project's own prefix may be written or left out.

use cairn_note::link::{Glob, LinkTarget, MemoryUrl};

/// What a permalink is compared with.
pub(super) struct Name {
    exact: Vec<String>,
    patterns: Vec<Glob>,
    /// The project's slug and a slash, which a pattern may leave out.
    prefix: Option<String>,
}

impl Name {
    pub(super) fn new(text: &str, slug: Option<&str>) -> Self {
        let text = text.trim_matches('/');
        let prefix = slug.map(|slug| format!("{slug}/"));
        if text.len() > MemoryUrl::LONGEST {
            return Self {
                exact: Vec::new(),
                patterns: Vec::new(),
                prefix,
            };
        }
        if !text.contains('*') {
            let target = LinkTarget::parse(text);
            return Self {
                exact: target.map_or_else(Vec::new, |target| target.permalink_candidates(slug)),
                patterns: Vec::new(),
                prefix,
            };
        }
        let slugged = MemoryUrl::parse(text).ok().and_then(|url| url.pattern());
        Self {
            exact: Vec::new(),
            patterns: [Glob::new(text)].into_iter().chain(slugged).collect(),
            prefix,
        }
    }

    pub(super) fn names(&self, permalink: &str) -> bool {
        let inside = self
            .prefix
            .as_deref()
            .and_then(|prefix| permalink.strip_prefix(prefix));
        self.exact.iter().any(|name| name == permalink)
            || self.patterns.iter().any(|pattern| {
                pattern.matches(permalink) || inside.is_some_and(|inside| pattern.matches(inside))
            })
    }
}
