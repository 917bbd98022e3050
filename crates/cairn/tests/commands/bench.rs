//! A vault registered as the project `main`, and the binary run on it.
//!
//! Invariant: neither configuration nor home directory of the machine is read or written.

use cairn_testkit::Vault;
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// Two notes and a file that is none.
pub(crate) const NOTES: &str = "\
//- drinks/tea.md
---
title: Green Tea
tags: [drink]
---
# Green Tea

## Brewing

Steep for two minutes.

- [fact] Comes from China #origin (history)
- pairs_with [[Biscuits]]
//- drinks/Coffee.md
# Coffee

Strong and black.
//- table.csv
a,b,c
";

/// A vault, and a configuration that registers it as `main`.
pub(crate) struct Bench {
    pub(crate) home: TempDir,
    pub(crate) vault: Vault,
}

impl Bench {
    /// Writes the vault; every file says it was changed at 2024-05-01 10:00 UTC.
    pub(crate) fn new(text: &str) -> Self {
        let vault = Vault::new(text);
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_714_557_600);
        for (path, _) in vault.files() {
            vault.set_mtime(&path, time);
        }
        let bench = Self {
            home: tempfile::tempdir().unwrap(),
            vault,
        };
        let root = bench.vault.root().to_str().unwrap();
        assert_eq!(
            bench.run(&["project", "add", "main", root]),
            "added: main\nfolder: VAULT\n"
        );
        bench
    }

    /// Returns the command, ready to run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cairn"));
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("CAIRN_") {
                command.env_remove(variable);
            }
        }
        command
            .args(arguments)
            .env("CAIRN_HOME", self.home.path())
            .env("HOME", self.home.path().join("nobody"))
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("BASIC_MEMORY_CONFIG_DIR")
            .env("TZ", "UTC");
        command
    }

    /// Runs the binary and returns what it said: stdout, stderr with `! ` before each line, and an exit code
    /// other than 0.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        self.run_with(arguments, "")
    }

    /// As [`Self::run`], with a text on stdin.
    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &str) -> String {
        self.finish(&mut self.command(arguments), stdin)
    }

    /// Runs a prepared command.
    pub(crate) fn finish(&self, command: &mut Command, stdin: &str) -> String {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads no stdin may be gone already.
        drop(child.stdin.take().unwrap().write_all(stdin.as_bytes()));
        let output = child.wait_with_output().unwrap();
        let mut said = String::from_utf8(output.stdout).unwrap();
        for line in String::from_utf8(output.stderr).unwrap().lines() {
            said += &["! ", line, "\n"].concat();
        }
        match output.status.code() {
            Some(0) => {}
            Some(code) => said += &["[exit ", &code.to_string(), "]\n"].concat(),
            None => said += "[killed]\n",
        }
        self.mask(&said)
    }

    /// Runs the binary, which must succeed and say nothing on stderr, and returns its JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let said = self.run(arguments);
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error} in {said}"))
    }

    /// Returns the text of the configuration.
    pub(crate) fn config(&self) -> String {
        self.mask(&std::fs::read_to_string(self.home.path().join("config.toml")).unwrap())
    }

    /// Returns every file below the home folder.
    pub(crate) fn home_files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.home.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        files.sort();
        files
    }

    fn mask(&self, said: &str) -> String {
        let mut said = said.to_owned();
        for (folder, name) in [(self.vault.root(), "VAULT"), (self.home.path(), "HOME")] {
            said = said
                .replace(&real(folder), name)
                .replace(folder.to_str().unwrap(), name);
        }
        let mut masked = String::new();
        for line in said.split_inclusive('\n') {
            masked += &mask_line(line);
        }
        masked
    }
}

fn real(path: &Path) -> String {
    path.canonicalize().unwrap().to_str().unwrap().to_owned()
}

/// Replaces what is different in every run: times of now, scores, ids, checksums.
fn mask_line(line: &str) -> String {
    let key = line.trim_start().split(':').next().unwrap_or_default();
    let start = &line[..line.len() - line.trim_start().len()];
    let comma = if line.trim_end().ends_with(',') {
        ","
    } else {
        ""
    };
    let json = |mask: &str| format!("{start}{key}: \"{mask}\"{comma}\n");
    match key {
        "\"created\"" | "\"modified\"" if line.contains(": \"") => json("TIME"),
        "\"external_id\"" => json("ID"),
        "\"checksum\"" => json("CHECKSUM"),
        "checksum" => "checksum: CHECKSUM\n".to_owned(),
        "model" if line.contains('@') => "model: MODEL\n".to_owned(),
        _ => {
            let dated = mask_shape(line, "\t####-##-## ##:##\t", "\tDATE\t");
            let ended = mask_shape(&dated, "  #.##\n", "  SCORE\n");
            mask_shape(&ended, "  #.##  ", "  SCORE  ")
        }
    }
}

/// Replaces what looks like `shape` (`#` is a digit), except the one time every file of a vault has.
fn mask_shape(line: &str, shape: &str, mask: &str) -> String {
    let fits = |text: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, want)| {
                if want == b'#' {
                    byte.is_ascii_digit()
                } else {
                    byte == want
                }
            })
    };
    let found =
        (0..line.len()).find(|start| line.get(*start..start + shape.len()).is_some_and(fits));
    match found {
        Some(start) if !line.contains("2024-05-01 10:00") => {
            format!("{}{mask}{}", &line[..start], &line[start + shape.len()..])
        }
        _ => line.to_owned(),
    }
}
