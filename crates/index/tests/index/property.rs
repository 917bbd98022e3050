//! Whatever order changes come in, the index is the one the files give.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Few names, so that titles, permalinks and paths meet often.
const PATHS: [&str; 9] = [
    "Tea.md",
    "a/Tea.md",
    "a/tea.md",
    "a/b/Tea.md",
    "b/My_Note.md",
    "b/my-note.md",
    "c/x.md",
    "picture.png",
    "tea-1.md",
];

const FRONTMATTER: [&str; 6] = [
    "",
    "---\ntitle: Tea\n---\n",
    "---\ntitle: My Note\ntags: [x, y]\n---\n",
    "---\npermalink: tea\n---\n",
    "---\npermalink: tea-1\ntype: guide\n---\n",
    "---\npermalink: main/a/tea\nstatus: {deep: [one, two]}\n---\n",
];

const BODIES: [&str; 8] = [
    "plain words",
    "- likes [[Tea]] (hot)\n- [fact] warm #drink",
    "[[a/Tea]] and [[my-note]] and [[MY_NOTE]]",
    "[[tea-1]] [[Tea#Brewing]] [[b/Tea]]",
    "[[picture.png]] [[main/a/tea]] [[other::Tea]] [[00000000-0000-0000-0000-000000000001]]",
    "# Heading\nsee [[Nowhere]]",
    "茶 [[c/x|alias]]",
    "",
];

/// Permalinks that are given, which other notes may claim too.
const PERMALINKS: [&str; 3] = ["tea", "main/a/tea", "main/tea-1"];

#[derive(Debug, Clone)]
enum Step {
    Put(usize, usize, usize),
    /// From, to, and the permalink the note is given, if there is one of that number.
    Move(usize, usize, usize),
    Drop(usize),
    /// Two files turn out to be each other's notes.
    Exchange(usize, usize),
}

/// A file, and what it is besides.
#[derive(Debug, Clone)]
struct File {
    text: String,
    given: Given,
}

impl File {
    fn entry(&self, at: &str) -> Box<Entry> {
        Box::new(Entry {
            given: self.given.clone(),
            ..*entry(at, &self.text)
        })
    }
}

fn steps() -> impl Strategy<Value = Vec<(Step, bool)>> {
    let path = 0..PATHS.len();
    let step = prop_oneof![
        4 => (path.clone(), 0..FRONTMATTER.len(), 0..BODIES.len()).prop_map(|(p, f, b)| Step::Put(p, f, b)),
        2 => (path.clone(), path.clone(), 0..2 * PERMALINKS.len())
            .prop_map(|(from, to, given)| Step::Move(from, to, given)),
        1 => path.clone().prop_map(Step::Drop),
        1 => (path.clone(), path).prop_map(|(one, other)| Step::Exchange(one, other)),
    ];
    // The flag ends a transaction.
    proptest::collection::vec((step, any::<bool>()), 1..40)
}

fn dump(index: &Index) -> String {
    ask(index, |session| session.dump(HERE).expect("a dump"))
}

fn built<'a>(files: impl Iterator<Item = (&'a &'static str, &'a File)>) -> String {
    let index = Index::in_memory(&Options::default()).expect("an index in memory opens");
    for (at, file) in files {
        apply_to(&index, HERE, vec![Change::Put(file.entry(at))]);
    }
    dump(&index)
}

/// Applies the steps; returns the index and the files they leave.
fn run(steps: Vec<(Step, bool)>) -> (Index, BTreeMap<&'static str, File>) {
    let index = Index::in_memory(&Options::default()).expect("an index in memory opens");
    let mut files: BTreeMap<&'static str, File> = BTreeMap::new();
    let (mut changes, mut ids) = (Vec::new(), 0_u128..);
    for (step, ends) in steps {
        match step {
            Step::Put(at, frontmatter, body) => {
                let text = format!("{}{}", FRONTMATTER[frontmatter], BODIES[body]);
                let known = files.remove(PATHS[at]).map(|file| file.given);
                let given = known.unwrap_or_else(|| Given {
                    external_id: ids.next().map(Uuid::from_u128),
                    permalink: None,
                });
                let file = File { text, given };
                changes.push(Change::Put(file.entry(PATHS[at])));
                files.insert(PATHS[at], file);
            }
            Step::Move(from, to, given) => {
                if let Some(mut file) = files.remove(PATHS[from]) {
                    if let Some(given) = PERMALINKS.get(given) {
                        file.given.permalink = Some((*given).to_owned());
                    }
                    let (from, entry) = (path(PATHS[from]), file.entry(PATHS[to]));
                    changes.push(Change::Move { from, entry });
                    files.insert(PATHS[to], file);
                }
            }
            Step::Drop(at) => {
                changes.push(Change::Drop {
                    path: path(PATHS[at]),
                });
                files.remove(PATHS[at]);
            }
            Step::Exchange(one, other) => {
                let (one, other) = (PATHS[one], PATHS[other]);
                if one != other
                    && let (Some(first), Some(second)) = (files.get(one), files.get(other))
                {
                    let (first, second) = (first.given.clone(), second.given.clone());
                    for (at, given) in [(one, second), (other, first)] {
                        let file = files.get_mut(at).expect("it is there");
                        file.given = given;
                        changes.push(Change::Put(file.entry(at)));
                    }
                }
            }
        }
        if ends {
            apply_to(&index, HERE, std::mem::take(&mut changes));
        }
    }
    apply_to(&index, HERE, changes);
    (index, files)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_changes_leave_the_index_the_files_give(steps in steps()) {
        let (index, files) = run(steps);
        let found = dump(&index);
        prop_assert_eq!(&found, &built(files.iter()));
        prop_assert_eq!(&found, &built(files.iter().rev()));
    }
}
