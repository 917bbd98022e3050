//! How a link that names a note is spelled once the note was moved.
//!
//! It asks nobody: which of the spellings finds the note is seen elsewhere. Invariant: a link keeps its style: a path
//! stays a path, with or without its extension, a title a title, a permalink a permalink.

use cairn_note::permalink;

/// A note, and where the link to it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) path: &'a str,
    pub(super) title: &'a str,
    pub(super) permalink: Option<&'a str>,
    /// The folder of the note that links.
    pub(super) source_folder: &'a str,
}

/// What is to become of a link's name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    /// Whether it says what is true no more, though it may still find the note by another rule.
    pub(super) is_stale: bool,
    /// What it may be instead, the best first.
    pub(super) candidates: Vec<String>,
}

/// What a name says of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Its whole path.
    Path(Extension),
    /// Its path from the folder of the note that links.
    Below(Extension),
    /// The last so many components of its path.
    Tail(usize, Extension),
    Title,
    Permalink,
    /// Something that only looks like one of these.
    Alike,
}

/// Whether a path is written with its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extension {
    Written,
    LeftOut,
}

/// Returns what becomes of `name`, which found the note `before`; `project` is the slug of the note's project.
pub(super) fn respelled(
    name: &str,
    before: &Named<'_>,
    after: &Named<'_>,
    project: &str,
) -> Spelling {
    let core = name.trim_matches('/');
    let lead = &name[..name.len() - name.trim_start_matches('/').len()];
    let mut prefix = "";
    let mut rest = core;
    let mut style = Style::of(core, before, project);
    if style == Style::Alike
        && let Some((first, inside)) = core.split_once('/')
        && permalink::slug(first) == project
    {
        prefix = &core[..=first.len()];
        rest = inside;
        style = Style::of(inside, before, project);
    }
    let mut candidates: Vec<String> = style
        .spellings(rest, after, project)
        .into_iter()
        .map(|spelling| format!("{lead}{prefix}{spelling}"))
        .collect();
    candidates.extend([bare(after.path), after.path].map(str::to_owned));
    candidates.extend(after.permalink.map(str::to_owned));
    candidates.retain(|candidate| candidate != name);
    Spelling {
        is_stale: !style.holds(rest, before, after),
        candidates,
    }
}

impl Style {
    fn of(core: &str, note: &Named<'_>, project: &str) -> Self {
        let forms = [
            (note.path, Extension::Written),
            (bare(note.path), Extension::LeftOut),
        ];
        if core.contains('/') {
            for (form, extension) in forms {
                if core == form {
                    return Self::Path(extension);
                }
                if is_below(core, form, note.source_folder) {
                    return Self::Below(extension);
                }
                if is_tail(core, form) {
                    return Self::Tail(core.split('/').count(), extension);
                }
            }
        }
        if core == note.title {
            return Self::Title;
        }
        for (form, extension) in forms {
            if core == form || is_tail(core, form) {
                return Self::Tail(1, extension);
            }
        }
        match note.permalink {
            Some(permalink) if core == permalink || Some(core) == inside(permalink, project) => {
                Self::Permalink
            }
            _ => Self::Alike,
        }
    }

    /// Whether a name of that style is as true of the note as it was.
    fn holds(self, core: &str, before: &Named<'_>, after: &Named<'_>) -> bool {
        match self {
            Self::Path(extension) => core == extension.of(after.path),
            Self::Below(extension) => is_below(core, extension.of(after.path), after.source_folder),
            Self::Tail(_, extension) => {
                let form = extension.of(after.path);
                core == form || is_tail(core, form)
            }
            Self::Title => core == after.title,
            Self::Permalink => before.permalink == after.permalink,
            Self::Alike => true,
        }
    }

    fn spellings(self, core: &str, after: &Named<'_>, project: &str) -> Vec<String> {
        match self {
            Self::Path(extension) => vec![extension.of(after.path).to_owned()],
            Self::Below(extension) => {
                let form = extension.of(after.path);
                let below = form
                    .strip_prefix(after.source_folder)
                    .and_then(|rest| rest.strip_prefix('/'))
                    .filter(|below| below.contains('/'));
                below.into_iter().chain([form]).map(str::to_owned).collect()
            }
            Self::Tail(least, extension) => tails(extension.of(after.path), least),
            Self::Title => {
                let mut spellings = vec![after.title.to_owned()];
                spellings.extend(tails(bare(after.path), 1));
                spellings
            }
            Self::Permalink => {
                let permalink = after.permalink.unwrap_or_default();
                let short = inside(permalink, project).filter(|_| {
                    core.split_once('/')
                        .is_none_or(|(first, _)| first != project)
                });
                short
                    .into_iter()
                    .chain([permalink])
                    .filter(|permalink| !permalink.is_empty())
                    .map(str::to_owned)
                    .collect()
            }
            Self::Alike => {
                let has_extension = core.to_lowercase().ends_with(".md");
                let form = if has_extension {
                    after.path
                } else {
                    bare(after.path)
                };
                tails(form, core.split('/').count())
            }
        }
    }
}

impl Extension {
    fn of(self, path: &str) -> &str {
        match self {
            Self::Written => path,
            Self::LeftOut => bare(path),
        }
    }
}

/// A note's path without `.md`, which links may leave out.
fn bare(path: &str) -> &str {
    path.strip_suffix(".md").unwrap_or(path)
}

/// Whether a path ends with these whole components.
fn is_tail(core: &str, path: &str) -> bool {
    path.strip_suffix(core)
        .is_some_and(|before| before.ends_with('/'))
}

/// Whether it is the path from a folder.
fn is_below(core: &str, path: &str, folder: &str) -> bool {
    !folder.is_empty()
        && path
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
            == Some(core)
}

/// The ends of a path, the shortest first, of at least so many components.
fn tails(path: &str, least: usize) -> Vec<String> {
    let components: Vec<&str> = path.split('/').collect();
    (least.min(components.len())..=components.len())
        .map(|count| components[components.len() - count..].join("/"))
        .collect()
}

/// A permalink without its project.
fn inside<'p>(permalink: &'p str, project: &str) -> Option<&'p str> {
    permalink.strip_prefix(project)?.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a name when path and title are others; the permalink stays.
    fn respell(name: &str, before: (&str, &str), after: (&str, &str)) -> (bool, String) {
        let spelling = respelled(name, &named(before), &named(after), "main");
        (spelling.is_stale, spelling.candidates[0].clone())
    }

    fn named<'n>((path, title): (&'n str, &'n str)) -> Named<'n> {
        Named {
            path,
            title,
            permalink: Some("main/n/tea"),
            source_folder: "n",
        }
    }

    #[test]
    fn a_link_keeps_its_style() {
        let before = ("n/Tea.md", "Tea");
        let after = ("a/b/Oolong.md", "Oolong");
        for (name, is_stale, best) in [
            ("n/Tea", true, "a/b/Oolong"),
            ("n/Tea.md", true, "a/b/Oolong.md"),
            ("/n/Tea", true, "/a/b/Oolong"),
            ("main/n/Tea", true, "main/a/b/Oolong"),
            ("Tea", true, "Oolong"),
            ("Tea.md", true, "Oolong.md"),
            ("main/n/tea", false, "a/b/Oolong"),
            ("n/tea", false, "main/n/tea"),
            ("TEA", false, "Oolong"),
        ] {
            assert_eq!(
                respell(name, before, after),
                (is_stale, best.to_owned()),
                "{name}"
            );
        }
    }

    #[test]
    fn what_still_holds_stays() {
        let same_title = |name| respell(name, ("n/Tea.md", "Tea"), ("a/Tea.md", "Tea")).0;
        assert!(!same_title("Tea") && !same_title("Tea.md") && same_title("n/Tea"));
        let deeper = respell("x/Tea", ("n/x/Tea.md", "T"), ("n/y/x/Tea.md", "T"));
        assert_eq!(deeper, (true, "y/x/Tea".to_owned()), "from the source");
        let tail = respell("x/Tea", ("m/x/Tea.md", "T"), ("o/x/Tea.md", "T"));
        assert!(!tail.0);
        assert_eq!(tails("a/b/c", 2), ["b/c", "a/b/c"]);
    }
}
