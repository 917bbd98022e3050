//! `cargo xtask hostile`: calls that no well-meaning client makes, against a running server.
//!
//! Random and malicious arguments for every tool: wrong types, huge texts, paths that lead out, NUL, unknown projects.
//! Invariant: each answer is a result or a typed error, nothing outside the vault changes, the process goes on.

mod values;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::generate::random::Random;
use crate::wire::{Wire, failed, text};
use values::arguments_for;

const CALLS: usize = 10_000;

/// Nothing that is asked may take longer.
const LONGEST: Duration = Duration::from_secs(5);

/// Makes so many calls (10,000 unless told) from a seed (1 unless told).
///
/// # Errors
///
/// When an answer, a file or the process is not as it should be.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let number = |at: usize, default: usize| match arguments.get(at) {
        Some(text) => text.parse().context("hostile [CALLS [SEED]]"),
        None => Ok(default),
    };
    let (calls, seed) = (number(0, CALLS)?, number(1, 1)?);
    let sandbox = Sandbox::new()?;
    let before = everything(&sandbox.outside)?;
    let mut wire = Wire::start(&sandbox.cairn, &sandbox.home, &[])?;
    let tools = wire.tools()?;
    let mut random = Random::new(seed as u64);
    let calls: Vec<(String, Value)> = (0..calls)
        .map(|_| {
            let tool = &tools[random.below(tools.len())];
            (name(tool).to_owned(), arguments_for(tool, &mut random))
        })
        .collect();
    let borrowed: Vec<(&str, Value)> = calls
        .iter()
        .map(|(tool, arguments)| (tool.as_str(), arguments.clone()))
        .collect();
    let (mut errors, mut slowest) = (0, (Duration::ZERO, String::new()));
    wire.calls(&borrowed, 8, |answer| {
        let (tool, arguments) = &calls[answer.call];
        check(tool, arguments, &answer.result)?;
        errors += usize::from(answer.result["isError"] == json!(true));
        if answer.took > slowest.0 {
            slowest = (answer.took, shortened(tool, arguments));
        }
        ensure!(
            answer.took < LONGEST,
            "took {:?}: {}: {}",
            answer.took,
            shortened(tool, arguments),
            text(&answer.result)
        );
        Ok(())
    })?;
    wire.garbage()?;
    wire.call("list_directory", json!({}))?;
    let left = wire.end()?;
    let after = everything(&sandbox.outside)?;
    ensure!(
        before == after,
        "something outside the vault changed: {:?}",
        changed(&before, &after)
    );
    println!(
        "{} calls: {errors} typed errors, the rest answers; slowest {:?}: {}; left in {left:?}",
        calls.len(),
        slowest.0,
        slowest.1
    );
    Ok(())
}

/// An answer must be one that a client can read.
fn check(tool: &str, arguments: &Value, result: &Value) -> Result<()> {
    let is_error = result["isError"] == json!(true);
    let is_typed = result["code"].is_i64() && result["message"].is_string();
    ensure!(
        is_typed || result["content"].is_array(),
        "no answer to {}: {result}",
        shortened(tool, arguments)
    );
    let said = text(result);
    if failed(result) {
        ensure!(
            is_typed || (is_error && !said.trim().is_empty()),
            "an error without words: {result}"
        );
    }
    for sign in ["internal failure", "panicked", "RUST_BACKTRACE"] {
        if said.contains(sign)
            || result["message"]
                .as_str()
                .is_some_and(|message| message.contains(sign))
        {
            bail!("{}: {said}", shortened(tool, arguments));
        }
    }
    Ok(())
}

/// A vault, what lies around it, and a home.
struct Sandbox {
    cairn: PathBuf,
    home: PathBuf,
    outside: PathBuf,
}

impl Sandbox {
    fn new() -> Result<Self> {
        let cairn = crate::bench::binary()?;
        let place = crate::bench::fresh("hostile")?;
        let (home, outside) = (place.join("home"), place.join("outside"));
        let vault = place.join("vault");
        for folder in [&home, &outside, &vault] {
            fs::create_dir_all(folder)?;
        }
        fs::write(
            outside.join("secret.md"),
            "# Secret\n\nMust not be read, changed or moved.\n",
        )?;
        crate::generate::write(&crate::generate::Vault::new(200, 3), &vault)?;
        #[cfg(unix)]
        std::os::unix::fs::symlink("../outside", vault.join("link"))?;
        let status = Command::new(&cairn)
            .args(["project", "add", "main"])
            .arg(&vault)
            .env("CAIRN_HOME", &home)
            .output()?
            .status;
        ensure!(status.success(), "the vault cannot be registered");
        Ok(Self {
            cairn,
            home,
            outside,
        })
    }
}

/// Every file below a folder with its content.
fn everything(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.insert(path.clone(), Vec::new());
            files.extend(everything(&path)?);
        } else {
            let bytes = fs::read(&path)?;
            files.insert(path, bytes);
        }
    }
    Ok(files)
}

fn changed<'a>(
    before: &'a BTreeMap<PathBuf, Vec<u8>>,
    after: &'a BTreeMap<PathBuf, Vec<u8>>,
) -> Vec<&'a PathBuf> {
    let differs = |path: &&PathBuf| before.get(*path) != after.get(*path);
    before.keys().chain(after.keys()).filter(differs).collect()
}

fn name(tool: &Value) -> &str {
    tool["name"].as_str().unwrap_or_default()
}

fn shortened(tool: &str, arguments: &Value) -> String {
    let all = format!("{tool} {arguments}");
    all.chars().take(300).collect()
}
