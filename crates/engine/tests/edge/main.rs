//! The edge cases of the reference as scripts, `data/edge/A47-….txt`; `data/edge/README.md` explains the format.
//!
//! This file reads scripts and compares; what a step does is in `steps.rs`, what it answers in `answers.rs`.

mod answers;
mod steps;

use cairn_testkit::{Vault, unescape};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use steps::World;

/// One step of a script.
struct Step<'a> {
    /// What is done, without the `> `.
    command: &'a str,
    /// The text given to it, as written in the script.
    given: Vec<&'a str>,
}

/// The commands whose `| ` lines are given to them; those of all others are answers.
const TAKES_TEXT: [&str; 6] = ["save", "write", "replace", "append", "prepend", "section"];

#[test]
fn every_edge_case_goes_as_its_script_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/edge");
    let mut scripts: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the scripts are there")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    scripts.sort();
    assert!(scripts.len() >= 45, "{} scripts", scripts.len());
    let mut wrong = String::new();
    for path in scripts {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let number = name.strip_prefix('A').and_then(|rest| rest.get(..2));
        let number: u8 = number
            .and_then(|digits| digits.parse().ok())
            .unwrap_or_else(|| panic!("{name} does not begin with the number of a case"));
        assert!((1..=84).contains(&number), "there is no case {number}");
        let script = fs::read_to_string(&path).expect("a script is text");
        let played = play(&script);
        if played == script {
            continue;
        }
        if std::env::var_os("CAIRN_BLESS").is_some() {
            fs::write(&path, &played).expect("a script can be written");
        } else {
            let _ = write!(wrong, "\n=== {name}\n{}", difference(&script, &played));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Plays a script and returns it with the answers that were given.
fn play(script: &str) -> String {
    let (head, body) = script
        .split_once("====\n")
        .expect("a line ==== stands between the files and the steps");
    let begin = head.find("//- ").unwrap_or(head.len());
    let (about, files) = head.split_at(begin);
    assert!(about.starts_with("# "), "a script says what it is about");
    let projects: Vec<&str> = about
        .lines()
        .find_map(|line| line.strip_prefix("@projects "))
        .map_or_else(Vec::new, |names| names.split(' ').collect());
    let mut world = World::new(Vault::new(files), &projects);
    let mut played = format!("{head}====\n");
    for step in read(body) {
        let text = text(&step.given);
        let _ = writeln!(played, "> {}", step.command);
        for line in &step.given {
            let _ = writeln!(played, "{line}");
        }
        for line in world.take(step.command, &text) {
            let _ = writeln!(played, "{line}");
        }
    }
    world.end();
    played
}

fn read(body: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for line in body.lines() {
        if let Some(command) = line.strip_prefix("> ") {
            steps.push(Step {
                command,
                given: Vec::new(),
            });
            continue;
        }
        let step = steps.last_mut().expect("a script begins with a step");
        let verb = step.command.split(' ').next().unwrap_or_default();
        // All other lines are answers, which are played anew.
        if TAKES_TEXT.contains(&verb) && (line.starts_with('|') || line == "~") {
            step.given.push(line);
        }
    }
    steps
}

/// The text of `| ` lines.
fn text(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        if *line == "~" {
            text.pop();
        } else {
            let line = line.strip_prefix('|').expect("only these are kept");
            text += &unescape(line.strip_prefix(' ').unwrap_or(line));
            text.push('\n');
        }
    }
    text
}

/// The first lines that differ.
fn difference(expected: &str, played: &str) -> String {
    let same = expected
        .lines()
        .zip(played.lines())
        .take_while(|(one, other)| one == other)
        .count();
    let from = same.saturating_sub(3);
    let part = |text: &str| -> String {
        let lines = text.lines().skip(from).take(10);
        lines.map(|line| format!("    {line}\n")).collect()
    };
    format!(
        "from line {}, expected\n{}played\n{}",
        from + 1,
        part(expected),
        part(played)
    )
}
