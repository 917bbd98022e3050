//! What a link or an identifier names.
//!
//! Not a search: nothing here is fuzzy. Invariant: the answer is a function of the notes that share the target's
//! bucket, of the source's path and of nothing else, so it can be computed again whenever one of those changes.
//!
//! The rules, in order, first inside the project, then (unless it was ambiguous) in the project its first segment
//! names: stable id; path relative to the source's folder; exact path with `.md`; permalink or title, nearest to the
//! source; exact path without it; look-alike path; file name without regard to case. A target nothing answers is tried
//! once more without its `#heading`.

mod near;

use super::candidates::Candidates;
use crate::record::{ProjectId, Scope};
use cairn_note::NotePath;
use cairn_note::link::{self, LinkTarget};
use cairn_note::permalink;
use uuid::Uuid;

/// What the rules say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// The candidate at this place.
    One(usize),
    /// Any of these, and nothing says which.
    Several(Vec<usize>),
    /// None of them.
    Nothing,
}

/// Applies the rules.
pub(super) fn choose(
    scope: &Scope<'_>,
    source: Option<&NotePath>,
    target: &LinkTarget,
    candidates: &Candidates,
) -> Choice {
    if let Some(id) = link::uuid(&target.name).and_then(|id| Uuid::try_parse(&id).ok()) {
        let found = candidates
            .find(|candidate| candidate.project == scope.project.0 && candidate.external_id == id);
        if let [place, ..] = found.as_slice() {
            return Choice::One(*place);
        }
    }
    let names = std::iter::once(target.name.as_str()).chain(target.without_heading.as_deref());
    for name in names {
        let choice = choose_by_name(scope, source, name, target.qualified, candidates);
        if choice != Choice::Nothing {
            return choice;
        }
    }
    Choice::Nothing
}

fn choose_by_name(
    scope: &Scope<'_>,
    source: Option<&NotePath>,
    name: &str,
    qualified: bool,
    candidates: &Candidates,
) -> Choice {
    if !qualified {
        let here = Here {
            project: scope.project,
            slug: scope.slug,
            source,
            candidates,
        };
        let choice = here.choose(name);
        if choice != Choice::Nothing {
            return choice;
        }
    }
    let Some((prefix, rest)) = name.split_once('/') else {
        return Choice::Nothing;
    };
    let Some(project) = project_named(scope, prefix) else {
        return Choice::Nothing;
    };
    if project == scope.project && !qualified {
        return Choice::Nothing;
    }
    let slug = scope.slug.map(|_| permalink::slug(prefix));
    Here {
        project,
        slug: slug.as_deref(),
        source: None,
        candidates,
    }
    .choose(rest)
}

/// Returns the project of that name: exact, then without case, then by slug.
fn project_named(scope: &Scope<'_>, name: &str) -> Option<ProjectId> {
    let find = |test: &dyn Fn(&str) -> bool| {
        scope
            .siblings
            .iter()
            .find(|(sibling, _)| test(sibling))
            .map(|(_, project)| *project)
    };
    find(&|sibling| sibling == name)
        .or_else(|| find(&|sibling| sibling.to_lowercase() == name.to_lowercase()))
        .or_else(|| {
            let slug = permalink::slug(name);
            find(&|sibling| sibling == slug)
        })
}

/// One project's view of the candidates.
struct Here<'a> {
    project: ProjectId,
    slug: Option<&'a str>,
    source: Option<&'a NotePath>,
    candidates: &'a Candidates,
}

impl Here<'_> {
    fn choose(&self, name: &str) -> Choice {
        if let Some(place) = self.relative(name) {
            return Choice::One(place);
        }
        if name.ends_with(".md")
            && let Some(place) = self.by_path(name)
        {
            return Choice::One(place);
        }
        let (by_name, named) = self.by_permalink_or_title(name);
        if let Choice::One(_) = by_name {
            return by_name;
        }
        if let Some(place) = self.by_path(name) {
            return Choice::One(place);
        }
        if named {
            return by_name;
        }
        let Some(alias) = NotePath::from_disk(name.trim_matches('/'))
            .ok()
            .map(|path| path.alias_key())
        else {
            return Choice::Nothing;
        };
        let look_alike = self.by_alias(&alias);
        if look_alike != Choice::Nothing {
            look_alike
        } else {
            self.by_file_name(&alias)
        }
    }

    /// Those of the project.
    fn here(&self, mut places: Vec<usize>) -> Vec<usize> {
        places.retain(|place| self.candidates.all[*place].project == self.project.0);
        places
    }

    /// `sub/note` beside the source, as a path.
    fn relative(&self, name: &str) -> Option<usize> {
        let source = self.source?;
        let own = self
            .slug
            .is_some_and(|slug| name.split('/').next() == Some(slug));
        if !name.contains('/') || own || source.parent().is_empty() {
            return None;
        }
        let path = format!("{}/{name}", source.parent());
        self.exact_path(&path)
    }

    fn exact_path(&self, path: &str) -> Option<usize> {
        let markdown = self.here(self.candidates.with_path(&format!("{path}.md")));
        let found = markdown.first().copied();
        found.or_else(|| self.here(self.candidates.with_path(path)).first().copied())
    }

    /// A note whose permalink or title it is; the second value tells whether there was any.
    fn by_permalink_or_title(&self, name: &str) -> (Choice, bool) {
        let titled = self.here(self.candidates.with_title(name));
        let wanted = LinkTarget {
            name: name.to_owned(),
            without_heading: None,
            heading: None,
            qualified: false,
        }
        .permalink_candidates(self.slug);
        let linked = |wanted: &String| {
            self.here(self.candidates.with_permalink(wanted))
                .first()
                .copied()
        };
        if let Some(source) = self.source {
            let mut all = titled;
            all.extend(wanted.iter().filter_map(linked));
            all.sort_unstable();
            all.dedup();
            let any = !all.is_empty();
            return (self.nearest(source, &all), any);
        }
        // Several notes of one title: its slug says no more than the title does, only its very text might.
        let usable = if titled.len() > 1 {
            &wanted[..wanted.len().min(1)]
        } else {
            &wanted[..]
        };
        if let Some(place) = usable.iter().find_map(linked) {
            return (Choice::One(place), true);
        }
        match titled.as_slice() {
            [] => (Choice::Nothing, false),
            [only] => (Choice::One(*only), true),
            _ => (Choice::Several(titled), true),
        }
    }

    fn by_path(&self, name: &str) -> Option<usize> {
        self.exact_path(name.trim_matches('/'))
    }

    /// A path that differs only in case, in `_` for `-`, or in how Unicode composes it; beside the source first.
    fn by_alias(&self, alias: &str) -> Choice {
        let alike = self.ending_with(alias);
        let among = |wanted: &str| -> Vec<usize> {
            let is = |place: &&usize| {
                let found = self.candidates.all[**place].alias.as_str();
                found == wanted || found.strip_suffix(".md") == Some(wanted)
            };
            alike.iter().filter(is).copied().collect()
        };
        if let Some(source) = self
            .source
            .filter(|source| !alike.is_empty() && !source.parent().is_empty())
            && let Ok(folder) = NotePath::from_disk(source.parent())
            && let [only] = among(&format!("{}/{alias}", folder.alias_key())).as_slice()
        {
            return Choice::One(*only);
        }
        match among(alias).as_slice() {
            [] => Choice::Nothing,
            [only] => Choice::One(*only),
            several => Choice::Several(several.to_vec()),
        }
    }

    /// A file's name without its folder, or with the end of it, whatever its case.
    fn by_file_name(&self, alias: &str) -> Choice {
        let found = self.ending_with(alias);
        match (found.as_slice(), self.source) {
            ([], _) => Choice::Nothing,
            ([only], _) => Choice::One(*only),
            (_, Some(source)) => self.nearest(source, &found),
            (_, None) => Choice::Several(found),
        }
    }

    /// The candidates whose path ends with the whole components of `alias`, with or without `.md`.
    fn ending_with(&self, alias: &str) -> Vec<usize> {
        let ends = |path: &str| {
            path.strip_suffix(alias)
                .is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        self.here(self.candidates.find(|candidate| {
            ends(&candidate.alias) || candidate.alias.strip_suffix(".md").is_some_and(ends)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::candidates::Candidate;
    use super::*;

    fn candidate(id: i64, path: &str, title: &str, permalink: &str) -> Candidate {
        let path = NotePath::from_disk(path).expect("test paths are valid");
        Candidate {
            id,
            project: 1,
            alias: path.alias_key(),
            path,
            title: title.to_owned(),
            permalink: Some(permalink.to_owned()),
            external_id: Uuid::from_u128(id.unsigned_abs().into()),
        }
    }

    fn means(source: Option<&str>, text: &str, candidates: &[Candidate]) -> String {
        let scope = Scope {
            project: ProjectId(1),
            slug: Some("main"),
            siblings: &[],
        };
        let source = source.map(|path| NotePath::from_disk(path).expect("test paths are valid"));
        let target = LinkTarget::parse(text).expect("test targets are valid");
        let candidates = Candidates::new(candidates.to_vec());
        match choose(&scope, source.as_ref(), &target, &candidates) {
            Choice::One(place) => candidates.all[place].path.to_string(),
            Choice::Several(places) => format!("{} notes", places.len()),
            Choice::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn a_title_that_several_notes_have_means_the_nearest() {
        let notes = [
            candidate(1, "a/Tea.md", "Tea", "main/a/tea"),
            candidate(2, "b/Tea.md", "Tea", "main/b/tea"),
            candidate(3, "Tea.md", "Tea", "main/tea-1"),
        ];
        assert_eq!(means(Some("a/x.md"), "Tea", &notes), "a/Tea.md");
        assert_eq!(means(Some("b/c/x.md"), "Tea", &notes), "b/Tea.md");
        assert_eq!(means(Some("c/x.md"), "Tea", &notes), "Tea.md");
        assert_eq!(
            means(None, "Tea", &notes),
            "Tea.md",
            "the exact path of one of them"
        );
        assert_eq!(means(None, "Tea", &notes[..2]), "2 notes");
        assert_eq!(means(Some("x.md"), "Tea", &notes[..2]), "2 notes");
        assert_eq!(means(None, "main/b/tea", &notes), "b/Tea.md");
    }

    #[test]
    fn paths_relative_to_the_source_come_first() {
        let notes = [
            candidate(
                1,
                "testing/nested/deep.md",
                "deep",
                "main/testing/nested/deep",
            ),
            candidate(2, "nested/deep.md", "deep", "main/nested/deep"),
        ];
        assert_eq!(
            means(Some("testing/a.md"), "nested/deep", &notes),
            "testing/nested/deep.md"
        );
        assert_eq!(
            means(Some("other/a.md"), "nested/deep", &notes),
            "nested/deep.md"
        );
    }

    #[test]
    fn look_alikes_count_only_when_they_are_alone() {
        let one = [candidate(1, "My_File.md", "Something", "main/elsewhere")];
        let two = [
            one[0].clone(),
            candidate(2, "my-file.md", "Other", "main/other"),
        ];
        assert_eq!(means(None, "My-file", &one), "My_File.md");
        assert_eq!(means(None, "MY-FILE", &two), "2 notes");
    }

    #[test]
    fn a_heading_is_left_out_when_the_whole_names_nothing() {
        let notes = [
            candidate(1, "C.md", "C", "main/c"),
            candidate(2, "x.md", "C# notes", "main/x"),
        ];
        assert_eq!(means(None, "C# notes", &notes), "x.md");
        assert_eq!(means(None, "C#Loops", &notes), "C.md");
    }

    #[test]
    fn many_notes_of_one_name_are_told_apart_as_few_are() {
        let notes: Vec<Candidate> = (0..40)
            .map(|number| {
                candidate(
                    number,
                    &format!("a/{number}/index.md"),
                    "index",
                    &format!("main/a/{number}/index"),
                )
            })
            .collect();
        assert_eq!(means(Some("a/7/x.md"), "index", &notes), "a/7/index.md");
        assert_eq!(
            means(Some("a/7/deep/x.md"), "index", &notes),
            "a/7/index.md"
        );
        assert_eq!(means(Some("a/x.md"), "index", &notes), "40 notes");
        assert_eq!(means(Some("b/x.md"), "index", &notes), "40 notes");
        assert_eq!(means(Some("b/x.md"), "a/9/index", &notes), "a/9/index.md");
        assert_eq!(means(None, "main/a/11/index", &notes), "a/11/index.md");
    }
}
