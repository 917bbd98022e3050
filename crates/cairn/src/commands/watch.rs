//! `cairn watch`: follows the folders in the foreground, and says what it follows.
//!
//! Not how folders are followed: that is what every server does. Invariant: a line on stdout is something the index
//! knows by now, and Ctrl-C is how the command ends well.

use crate::failure::{Failure, Result};
use crate::home::Machine;
use crate::interrupt::{self, CANCEL};
use crate::invocation::Invocation;
use crate::output::{Answer, one_line};
use cairn_engine::{Kind, SyncReport};
use cairn_note::NotePath;
use cairn_server::{Heard, Host, HostOptions};
use jiff::Zoned;
use serde_json::{Value, json};
use std::io::{self, Write as _};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How often it looks whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(250);

/// Follows the folders until Ctrl-C.
pub(crate) fn run(invocation: &Invocation) -> Result<Answer> {
    let machine = Machine::new(invocation)?;
    // What is wrong with the configuration is said at once, and so is an index that cannot be opened.
    let settings = machine.engine_settings(&machine.config()?)?;
    if invocation.named_project().is_some() {
        settings.project(invocation.named_project())?;
    }
    let (sender, heard) = channel();
    let host = Host::new(
        machine,
        HostOptions {
            project: invocation.named_project().map(str::to_owned),
            heard: Some(sender),
            ..HostOptions::default()
        },
    );
    interrupt::listen();
    host.engine().map_err(refused)?;
    host.start();
    let told = loop {
        match heard.recv_timeout(LOOK) {
            Ok(heard) => {
                if let Err(error) = tell(invocation, &heard) {
                    break Err(error);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break Ok(()),
        }
        if CANCEL.is_cancelled() {
            break Ok(());
        }
    };
    host.stop();
    match told {
        // Whoever closed the pipe has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            Kind::Io,
            format!("cannot say what is followed: {error}"),
        )),
        _ => Ok(Answer::nothing()),
    }
}

fn refused(failure: cairn_server::Failure) -> Failure {
    match failure {
        cairn_server::Failure::Engine(error) => error.into(),
        other => Failure::new(Kind::Io, other.to_string()),
    }
}

/// Says what was heard: for people what was followed on stdout and who follows on stderr, for programs all of it as
/// lines of JSON on stdout.
fn tell(invocation: &Invocation, heard: &Heard) -> io::Result<()> {
    let now = Zoned::now();
    if invocation.is_json() {
        let mut line = json(heard);
        line["time"] = now.timestamp().to_string().into();
        return writeln!(io::stdout(), "{line}");
    }
    match heard {
        Heard::Waits { holder } => {
            let holder = match holder.is_empty() {
                true => "another process".to_owned(),
                false => format!("another process ({holder})"),
            };
            invocation
                .output
                .remark(&format!("{holder} watches already; waiting until it ends"));
        }
        Heard::Leads { projects } if projects.is_empty() => {
            invocation.output.remark(
                "there is nothing to watch yet: register a folder with `cairn project add`",
            );
        }
        Heard::Leads { projects } => {
            let names: Vec<_> = projects.iter().map(|name| one_line(name)).collect();
            invocation
                .output
                .remark(&format!("watching {}", names.join(", ")));
        }
        Heard::Followed { project, report } => {
            let (time, project) = (now.strftime("%H:%M:%S"), one_line(project));
            writeln!(io::stdout(), "{time} {project}: {}", followed(report))?;
        }
        // The log says so on stderr.
        Heard::Failed { .. } => {}
    }
    Ok(())
}

/// `1 modified, 2 deleted (notes/Tea.md, a.md, b.md)`.
fn followed(report: &SyncReport) -> String {
    let counts = counts(report);
    let named: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    let mut paths: Vec<String> = report
        .touched
        .iter()
        .map(|path| one_line(path.as_str()))
        .collect();
    if paths.len() < all {
        paths.push("…".to_owned());
    }
    format!("{} ({})", named.join(", "), paths.join(", "))
}

fn counts(report: &SyncReport) -> [(&'static str, usize); 4] {
    [
        ("new", report.new),
        ("modified", report.modified),
        ("moved", report.moved),
        ("deleted", report.deleted),
    ]
}

fn json(heard: &Heard) -> Value {
    match heard {
        Heard::Waits { holder } => json!({ "event": "waits", "holder": holder }),
        Heard::Leads { projects } => json!({ "event": "watches", "projects": projects }),
        Heard::Followed { project, report } => {
            let paths: Vec<&str> = report.touched.iter().map(NotePath::as_str).collect();
            let mut line = json!({ "event": "followed", "project": project });
            for (name, count) in counts(report) {
                line[name] = count.into();
            }
            line["paths"] = paths.into();
            line
        }
        Heard::Failed { project, message } => {
            json!({ "event": "failed", "project": project, "message": message })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_followed_is_said_in_one_line() {
        let report = SyncReport {
            modified: 1,
            deleted: 2,
            touched: ["notes/Tea.md", "a\n.md"]
                .map(|path| NotePath::from_disk(path).expect("it is a path"))
                .to_vec(),
            ..SyncReport::default()
        };
        let line = followed(&report);
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(
            line.starts_with("1 modified, 2 deleted (notes/Tea.md, "),
            "{line}"
        );
        assert!(line.ends_with(", …)"), "{line}");
        let heard = Heard::Followed {
            project: "main".to_owned(),
            report,
        };
        assert_eq!(
            json(&heard),
            json!({
                "event": "followed", "project": "main",
                "new": 0, "modified": 1, "moved": 0, "deleted": 2, "paths": ["notes/Tea.md", "a\n.md"],
            })
        );
    }
}
