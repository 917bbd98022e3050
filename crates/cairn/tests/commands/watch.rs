//! Watching in the foreground: what is said, who takes over from whom, and the end.

use super::bench::{Bench, NOTES};
use cairn_testkit::Vault;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Far longer than anything takes that comes at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `cairn watch`; killed when dropped.
struct Watcher {
    process: Child,
    lines: Receiver<String>,
}

impl Watcher {
    fn new(command: &mut Command) -> Self {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines() {
                // The test may be over.
                drop(sender.send(line.unwrap()));
            }
        });
        Self { process, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line comes")
    }

    /// The next event, without its time.
    fn event(&self) -> Value {
        let mut event: Value = serde_json::from_str(&self.line()).unwrap();
        let time = event.as_object_mut().unwrap().remove("time");
        time.unwrap()
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap();
        event
    }

    #[cfg(unix)]
    fn interrupt(&self) {
        let process = self.process.id().to_string();
        let sent = Command::new("kill").args(["-INT", &process]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end; what it said on stderr.
    fn end(&mut self) -> (ExitStatus, String) {
        let status = self.process.wait().unwrap();
        let mut said = String::new();
        let mut stderr = self.process.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        (status, said)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[cfg(unix)]
#[test]
fn what_changes_is_a_line_until_ctrl_c() {
    let bench = Bench::new(NOTES);
    bench.run(&["sync"]);
    let mut watcher = Watcher::new(&mut bench.command(&["watch"]));
    bench.vault.write("drinks/Coffee.md", "# Coffee\n\nWeak.\n");
    let line = watcher.line();
    let (time, line) = line.split_at("12:03:11 ".len());
    assert!(
        time.ends_with(' ') && time.matches(':').count() == 2,
        "{time}"
    );
    assert_eq!(line, "main: 1 modified (drinks/Coffee.md)");
    watcher.interrupt();
    let (status, said) = watcher.end();
    assert_eq!((status.code(), said.as_str()), (Some(0), "watching main\n"));
}

#[cfg(unix)]
#[test]
fn quiet_is_quiet() {
    let bench = Bench::new(NOTES);
    let mut watcher = Watcher::new(&mut bench.command(&["watch", "-q"]));
    let line = watcher.line();
    assert!(
        line.contains("main: 3 new (drinks/Coffee.md, drinks/tea.md, table.csv)"),
        "{line}"
    );
    watcher.interrupt();
    let (status, said) = watcher.end();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}

#[test]
fn who_waits_takes_over_from_who_was_killed() {
    let bench = Bench::new(NOTES);
    let watch = || Watcher::new(&mut bench.command(&["watch", "--json"]));
    let mut first = watch();
    assert_eq!(
        first.event(),
        json!({ "event": "watches", "projects": ["main"] })
    );
    assert_eq!(
        first.event(),
        json!({
            "event": "followed", "project": "main", "new": 3, "modified": 0, "moved": 0, "deleted": 0,
            "paths": ["drinks/Coffee.md", "drinks/tea.md", "table.csv"],
        })
    );
    let second = watch();
    let waits = second.event();
    assert_eq!(waits["event"], "waits");
    let holder = waits["holder"].as_str().unwrap();
    let process = format!("pid {}, cairn ", first.process.id());
    assert!(cfg!(windows) || holder.starts_with(&process), "{holder}");
    first.process.kill().unwrap();
    assert_eq!(second.event()["event"], "watches");
    bench.vault.write("newer.md", "# Newer\n");
    assert_eq!(second.event()["paths"], json!(["newer.md"]));
}

#[test]
fn a_project_that_is_registered_meanwhile_is_watched() {
    let (bench, other) = (Bench::new(NOTES), Vault::new("//- a.md\n# A\n"));
    let watcher = Watcher::new(&mut bench.command(&["watch", "--json"]));
    let (watches, followed) = (watcher.event(), watcher.event());
    assert_eq!(
        (&watches["event"], &followed["project"]),
        (&json!("watches"), &json!("main"))
    );
    let root = other.root().to_str().unwrap();
    bench.run(&["project", "add", "other", root]);
    assert_eq!(
        watcher.event(),
        json!({ "event": "watches", "projects": ["main", "other"] })
    );
    let followed = watcher.event();
    assert_eq!(
        (&followed["project"], &followed["paths"]),
        (&json!("other"), &json!(["a.md"]))
    );
    other.write("b.md", "# B\n");
    assert_eq!(watcher.event()["paths"], json!(["b.md"]));
}

#[test]
fn a_project_nobody_registered_is_a_failure() {
    let bench = Bench::new(NOTES);
    let said = bench.run(&["watch", "--project", "mian"]);
    assert!(
        said.starts_with("! error: there is no project 'mian'\n") && said.ends_with("[exit 3]\n"),
        "{said}"
    );
}
