//! `torture prove`: each run must be able to fail.
//!
//! Each step of safety is left out once, and a run that reports nothing then proves nothing otherwise. Invariant: a run
//! counts only if it ended with violations it has printed.

use super::options::Options;
use anyhow::{Result, ensure};
use std::process::Command;
use std::time::Instant;

/// What is left out, and the run that must miss it.
const RUNS: [(&str, &[&str]); 7] = [
    ("lock", &["race", "--rounds", "300", "--notes", "12"]),
    ("base", &["race", "--rounds", "300", "--notes", "40"]),
    ("history", &["race", "--rounds", "100", "--notes", "40"]),
    ("history", &["crash", "--rounds", "10"]),
    ("lock", &["crash", "--rounds", "200"]),
    ("base", &["crash", "--rounds", "60"]),
    ("fsync", &["crash", "--rounds", "100", "--power-cut"]),
];

/// Leaves out one step after the other.
pub(super) fn run(options: &Options) -> Result<()> {
    let mut unseen = Vec::new();
    for (switch, arguments) in RUNS {
        let began = Instant::now();
        let output = Command::new(std::env::current_exe()?)
            .arg("torture")
            .args(arguments)
            .args(["--switch", switch, "--seed", &options.seed.to_string()])
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let is_seen = !output.status.success() && text.contains("VIOLATION");
        let first = text
            .lines()
            .skip_while(|line| !line.starts_with("VIOLATION"))
            .nth(1)
            .unwrap_or_default();
        println!(
            "without {switch}, {}: {} in {:.1?}",
            arguments[0],
            if is_seen {
                "violations"
            } else {
                "NOTHING SEEN"
            },
            began.elapsed()
        );
        println!("  {}", first.trim().chars().take(160).collect::<String>());
        if !is_seen {
            unseen.push(switch);
        }
    }
    ensure!(unseen.is_empty(), "nobody missed {unseen:?}");
    println!("each step of safety is missed where it is left out");
    Ok(())
}
