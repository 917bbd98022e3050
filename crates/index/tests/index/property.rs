//! Whatever order changes come in, the index is the one the files give.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

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
    "[[picture.png]] [[main/a/tea]] [[other::Tea]]",
    "# Heading\nsee [[Nowhere]]",
    "茶 [[c/x|alias]]",
    "",
];

#[derive(Debug, Clone)]
enum Step {
    Put(usize, usize, usize),
    Move(usize, usize),
    Drop(usize),
}

fn steps() -> impl Strategy<Value = Vec<(Step, bool)>> {
    let path = 0..PATHS.len();
    let step = prop_oneof![
        4 => (path.clone(), 0..FRONTMATTER.len(), 0..BODIES.len()).prop_map(|(p, f, b)| Step::Put(p, f, b)),
        2 => (path.clone(), path.clone()).prop_map(|(from, to)| Step::Move(from, to)),
        1 => path.prop_map(Step::Drop),
    ];
    // The flag ends a transaction.
    proptest::collection::vec((step, any::<bool>()), 1..40)
}

fn dump(index: &Index) -> String {
    ask(index, |session| session.dump(HERE).expect("a dump"))
}

fn built<'a>(files: impl Iterator<Item = (&'a &'static str, &'a String)>) -> String {
    let index = Index::in_memory(&Options::default()).expect("an index in memory opens");
    for (at, text) in files {
        apply_to(&index, HERE, vec![put(at, text)]);
    }
    dump(&index)
}

/// Applies the steps; returns the index and the files they leave.
fn run(steps: Vec<(Step, bool)>) -> (Index, BTreeMap<&'static str, String>) {
    let index = Index::in_memory(&Options::default()).expect("an index in memory opens");
    let mut files: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut changes = Vec::new();
    for (step, ends) in steps {
        match step {
            Step::Put(at, frontmatter, body) => {
                let text = format!("{}{}", FRONTMATTER[frontmatter], BODIES[body]);
                changes.push(put(PATHS[at], &text));
                files.insert(PATHS[at], text);
            }
            Step::Move(from, to) => {
                if let Some(text) = files.remove(PATHS[from]) {
                    let (from, entry) = (path(PATHS[from]), entry(PATHS[to], &text));
                    changes.push(Change::Move { from, entry });
                    files.insert(PATHS[to], text);
                }
            }
            Step::Drop(at) => {
                changes.push(Change::Drop {
                    path: path(PATHS[at]),
                });
                files.remove(PATHS[at]);
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
