//! Rules about the text of one file.
//!
//! It is no Rust parser: it goes by lines and words, and passes over lines that are comments where a rule
//! is about code. What it looks for is put together from halves, so that it does not find itself.
//! Invariant: every finding has the number of its line.

/// Words that leave something open.
const OPEN: &[&str] = &[
    concat!("to", "do!("),
    concat!("unimpl", "emented!("),
    concat!("#[ig", "nore"),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
];

/// Ends of names that say nothing about what a type is.
const EMPTY_NAMES: &[&str] = &[
    "Manager",
    "Service",
    "Handler",
    "Helper",
    "Util",
    "Utils",
    "Repository",
    "Runner",
    "Coordinator",
    "Factory",
];

/// Below the binary the time and the environment are parameters.
const SURROUNDINGS: &[&str] = &[
    concat!("env", "::"),
    concat!("std::", "env;"),
    concat!("SystemTime", "::now"),
    concat!("Instant", "::now"),
    concat!("Zoned", "::now"),
    concat!("Timestamp", "::now"),
];

/// Where one of [`SURROUNDINGS`] cannot be a parameter, and why.
const ALLOWED_SURROUNDINGS: &[(&str, &str, &str)] = &[
    (
        "crates/index/src/sqlite/pool.rs",
        concat!("Instant", "::now"),
        "a bounded wait needs to know how long it has waited",
    ),
    (
        "crates/engine/src/watch/gather.rs",
        concat!("Instant", "::now"),
        "a bounded wait needs to know how long it has waited, whatever woke it",
    ),
];

const PRINTING: &[&str] = &[
    concat!("print", "!("),
    concat!("println", "!("),
    concat!("eprint", "!("),
    concat!("eprintln", "!("),
];

/// Checks a `.rs` file against every rule its place in the tree puts it under: line and sentence.
pub(super) fn check(path: &str, text: &str) -> Vec<(usize, String)> {
    let mut found = open_ends(text);
    found.extend(empty_names(text));
    if let Some((room, _)) = path
        .strip_prefix("crates/")
        .and_then(|rest| rest.split_once("/src/"))
    {
        found.extend(preamble(text));
        if !matches!(room, "cairn" | "testkit") {
            found.extend(in_code(text, PRINTING, "only the command may print"));
        }
        let is_test = ["/tests.rs", "/contract.rs"]
            .iter()
            .any(|end| path.ends_with(end))
            || path.contains("/tests/");
        if matches!(room, "note" | "index" | "history" | "embed" | "engine") && !is_test {
            found.extend(surroundings(path, text));
        }
    }
    found
}

/// Finds paths of the place this was written in, which mean nothing to anyone else.
pub(super) fn workplace(text: &str) -> Vec<(usize, String)> {
    const ROOT: &str = concat!("/wo", "rk/");
    const SHELF: &str = concat!(".lib", "rary/");
    let absolute = |line: &str| {
        line.match_indices(ROOT).any(|(at, _)| {
            !line[..at].ends_with(|before: char| before.is_ascii_alphabetic() || before == '.')
        })
    };
    numbered(text)
        .filter(|(_, line)| absolute(line) || line.contains(SHELF))
        .map(|(number, _)| (number, "a path of one workplace".to_owned()))
        .collect()
}

fn open_ends(text: &str) -> Vec<(usize, String)> {
    numbered(text)
        .filter_map(|(number, line)| {
            let word = OPEN.iter().find(|word| line.contains(**word))?;
            Some((number, format!("`{word}` leaves something open")))
        })
        .collect()
}

fn empty_names(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in code(text) {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        while let Some(word) = words.next() {
            if !matches!(word, "struct" | "enum" | "trait" | "type") {
                continue;
            }
            let name = words.next().unwrap_or_default();
            if EMPTY_NAMES.iter().any(|end| name.ends_with(end)) {
                found.push((number, format!("{name} does not say what it is")));
            }
        }
    }
    found
}

/// A plain comment may stand above the preamble: generated files say there what made them.
fn preamble(text: &str) -> Option<(usize, String)> {
    let first = text
        .lines()
        .find(|line| !line.starts_with("//") || line.starts_with("//!"))
        .unwrap_or_default();
    (!first.starts_with("//!")).then(|| {
        (
            1,
            "a module begins with `//!`: what it is, what it is not, its invariant".to_owned(),
        )
    })
}

fn surroundings(path: &str, text: &str) -> Vec<(usize, String)> {
    let asked: Vec<&str> = SURROUNDINGS
        .iter()
        .filter(|word| {
            !ALLOWED_SURROUNDINGS
                .iter()
                .any(|(file, allowed, _)| *file == path && allowed == *word)
        })
        .copied()
        .collect();
    in_code(
        text,
        &asked,
        "time and environment are parameters below the binary",
    )
}

/// Finds lines of code with one of `words` in them that no letter continues to the left.
fn in_code(text: &str, words: &[&str], why: &str) -> Vec<(usize, String)> {
    code(text)
        .filter_map(|(number, line)| {
            let word = words.iter().find(|word| has_word(line, word))?;
            Some((number, format!("`{word}`: {why}")))
        })
        .collect()
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    numbered(text).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(found: &[(usize, String)]) -> Vec<usize> {
        found.iter().map(|(line, _)| *line).collect()
    }

    #[test]
    fn open_ends_are_found_in_code_and_in_comments() {
        for word in OPEN {
            let text = format!("//! A room.\nfn f() {{ {word}\n// {word}");
            assert_eq!(lines(&check("fuzz/a.rs", &text)), [2, 3], "{word}");
        }
        assert_eq!(check("fuzz/a.rs", "//! todo list\nlet todos = 1;\n"), []);
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        for end in EMPTY_NAMES {
            let text = format!("//! A room.\npub(crate) {} Note{end}<T> {{}}", "struct");
            assert_eq!(lines(&check("crates/cairn/src/a.rs", &text)), [2], "{end}");
        }
        let fine =
            "//! A room.\nstruct Managers;\n// a struct ManagerX\nfn handler() -> RunnerUp {}\n";
        assert_eq!(check("crates/cairn/src/a.rs", fine), []);
    }

    #[test]
    fn a_module_begins_with_its_preamble() {
        assert_eq!(lines(&check("crates/note/src/a.rs", "\n//! Late.\n")), [1]);
        assert_eq!(lines(&check("crates/note/src/b/c.rs", "use x;\n")), [1]);
        assert_eq!(check("crates/note/tests/a.rs", "use x;\n"), []);
        assert_eq!(
            lines(&check("crates/note/src/a.rs", "// Made by hand.\n")),
            [1]
        );
        assert_eq!(check("crates/note/src/a.rs", "//! A room.\n"), []);
        assert_eq!(check("crates/note/src/a.rs", "// Made.\n//! A room.\n"), []);
    }

    #[test]
    fn only_the_command_prints() {
        for word in PRINTING {
            let text = format!("//! A room.\n    {word}\"a\");\n// {word}\nmy_{word})\n");
            assert_eq!(
                lines(&check("crates/engine/src/a.rs", &text)),
                [2],
                "{word}"
            );
            assert_eq!(check("crates/cairn/src/a.rs", &text), []);
            assert_eq!(check("crates/testkit/src/a.rs", &text), []);
        }
        let writing = format!("//! A room.\nwrite{}out);\n", "ln!(");
        assert_eq!(check("crates/engine/src/a.rs", &writing), []);
    }

    #[test]
    fn time_and_environment_stay_outside() {
        for word in SURROUNDINGS {
            let text = format!("//! A room.\nlet a = {word}();\n// {word}\n");
            for room in ["note", "index", "history", "embed", "engine"] {
                let path = format!("crates/{room}/src/a.rs");
                assert_eq!(lines(&check(&path, &text)), [2], "{word} in {room}");
            }
            for path in [
                "crates/cairn/src/a.rs",
                "crates/index/tests/a.rs",
                "crates/index/src/a/tests.rs",
                "crates/index/src/contract.rs",
            ] {
                assert_eq!(check(path, &text), [], "{word} in {path}");
            }
        }
        let macros = format!("//! A room.\nlet a = {}!(\"CARGO_PKG_VERSION\");\n", "env");
        assert_eq!(check("crates/index/src/a.rs", &macros), []);
    }

    #[test]
    fn an_exception_is_for_one_word_in_one_file() {
        let (file, word, _) = ALLOWED_SURROUNDINGS[0];
        let text = format!(
            "//! A room.\nlet a = {word}();\nlet b = {}();\n",
            SURROUNDINGS[2]
        );
        assert_eq!(lines(&check(file, &text)), [3]);
        assert_eq!(lines(&check("crates/index/src/a.rs", &text)), [2, 3]);
    }

    #[test]
    fn paths_of_a_workplace_are_found() {
        let root = concat!("/wo", "rk/");
        let text = format!(
            "see {root}a\n{root}b\nhttps://example.org{root}c\n{} d\n",
            concat!("../.lib", "rary/")
        );
        assert_eq!(lines(&workplace(&text)), [1, 2, 4]);
    }
}
