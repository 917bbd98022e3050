//! What an examination says.
//!
//! Not how it is shown. Invariant: a message is one sentence without a trailing period that says by itself what was
//! found; what it counts stands in `items`, and only a finding that is no `Ok` has a way out.

/// What an examination found about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// The project it is about; `None` where it is about all of them.
    pub project: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// What was found.
    pub message: String,
    /// What exactly, as paths or sentences; at most [`Finding::MOST`].
    pub items: Vec<String>,
    /// The way out.
    pub hint: Option<String>,
    /// Whether [`super::mend`], or whoever found it, can mend it.
    pub fixable: bool,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// All is well.
    Ok,
    /// Something works otherwise than one may think.
    Warning,
    /// Something does not work, or is wrong.
    Problem,
}

impl Severity {
    /// Returns its name for people and programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// What is looked at. The first ones only the binary can look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// The configuration.
    Config,
    /// Variables that override the configuration.
    Environment,
    /// Who may read the configuration and the data.
    Permissions,
    /// What a killed process left of a change of the configuration.
    Drafts,
    /// The model of search by meaning.
    Model,
    /// The registry of projects.
    Projects,
    /// Room on the disk.
    Space,
    /// Locks of files.
    Locks,
    /// Who watches.
    Watch,
    /// The file of the index.
    Index,
    /// The file of the history.
    History,
    /// A project's folder.
    Folder,
    /// Whether its files can be read.
    Files,
    /// Whether the frontmatter of its notes is understood.
    Frontmatter,
    /// Whether each permalink is declared by one note.
    Permalinks,
    /// Paths that other systems or links take for one.
    LookAlikes,
    /// Temporary files of killed writers.
    Leftovers,
    /// Changes whose process died during them.
    Interrupted,
    /// Whether the index knows what is in the folder.
    InStep,
    /// Whether the index says what one built anew would say.
    Rebuilt,
    /// Whether index and history mean the same notes.
    Identities,
    /// Links to nothing.
    Links,
}

impl Check {
    /// Returns its name for people and programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Environment => "environment",
            Self::Permissions => "permissions",
            Self::Drafts => "drafts",
            Self::Model => "model",
            Self::Projects => "projects",
            Self::Space => "space",
            Self::Locks => "locks",
            Self::Watch => "watch",
            Self::Index => "index",
            Self::History => "history",
            Self::Folder => "folder",
            Self::Files => "files",
            Self::Frontmatter => "frontmatter",
            Self::Permalinks => "permalinks",
            Self::LookAlikes => "look-alikes",
            Self::Leftovers => "leftovers",
            Self::Interrupted => "interrupted",
            Self::InStep => "in-step",
            Self::Rebuilt => "rebuilt",
            Self::Identities => "identities",
            Self::Links => "links",
        }
    }
}

impl Finding {
    /// Items a finding has at most; its message counts all of them.
    pub const MOST: usize = 100;

    /// All is well.
    pub fn ok(check: Check, message: impl Into<String>) -> Self {
        Self {
            check,
            project: None,
            severity: Severity::Ok,
            message: message.into(),
            items: Vec::new(),
            hint: None,
            fixable: false,
        }
    }

    /// Something works otherwise than one may think.
    pub fn warning(check: Check, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            hint: Some(hint.into()),
            ..Self::ok(check, message)
        }
    }

    /// Something does not work, or is wrong.
    pub fn problem(check: Check, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            severity: Severity::Problem,
            ..Self::warning(check, message, hint)
        }
    }

    /// Says which project it is about.
    #[must_use]
    pub fn of(self, project: &str) -> Self {
        Self {
            project: Some(project.to_owned()),
            ..self
        }
    }

    /// Names what was found, as much of it as a finding has room for.
    #[must_use]
    pub fn items(self, items: impl IntoIterator<Item = String>) -> Self {
        Self {
            items: items.into_iter().take(Self::MOST).collect(),
            ..self
        }
    }

    /// Says that it can be mended.
    #[must_use]
    pub fn fixable(self) -> Self {
        Self {
            fixable: true,
            ..self
        }
    }
}

/// Counts things in words: `1 file`, `2 files`.
pub(super) fn count(number: usize, thing: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{end}")
}

/// Says how many there are and what they are, as far as the verb: `1 file is`, `2 files are`.
pub(super) fn are(number: usize, thing: &str) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{} {verb}", count(number, thing))
}

/// Says a number of bytes as people do: `512 B`, `3.4 MB`.
pub fn size(bytes: u64) -> String {
    let (mut scale, mut unit) = (1, "B");
    for larger in ["kB", "MB", "GB"] {
        if bytes / scale >= 1_000 {
            (scale, unit) = (scale * 1_000, larger);
        }
    }
    let (whole, tenth) = (bytes / scale, bytes % scale * 10 / scale);
    match unit {
        "B" => format!("{whole} B"),
        _ => format!("{whole}.{tenth} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_told_in_a_unit_that_fits() {
        assert_eq!([0, 999, 1_000].map(size), ["0 B", "999 B", "1.0 kB"]);
        assert_eq!([12_345, 999_999].map(size), ["12.3 kB", "999.9 kB"]);
        assert_eq!([3_400_000, 15_241_216].map(size), ["3.4 MB", "15.2 MB"]);
        assert_eq!(size(u64::MAX), "18446744073.7 GB");
    }
}
