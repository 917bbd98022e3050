//! `cairn doctor`.
//!
//! It looks at what only the binary knows (configuration, environment, permissions, the model), and has the engine look
//! at the rest. Invariant: without `--fix` nothing is made or changed, not even a folder.

mod config;
mod environment;
mod model;
mod permissions;

use crate::failure::Result;
use crate::interrupt::{self, CANCEL};
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome, Style, one_line, text};
use crate::settings::{Home, Reach};
use cairn_engine::Settings;
use cairn_engine::doctor::{self, Check, Finding, Mended, Severity};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Arguments of `cairn doctor`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Mends what can be mended without changing a note
    #[arg(long)]
    fix: bool,
}

/// Items of a finding that a line has room for; JSON has more.
const SHOWN: usize = 3;

/// Looks, mends if asked to, and looks again.
pub(crate) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Answer> {
    let home = if arguments.fix {
        invocation.writable_home()?
    } else {
        invocation.home()?
    };
    interrupt::listen();
    let mut examined = examine(invocation, &home)?;
    let mut mended = Vec::new();
    if arguments.fix && examined.findings.iter().any(|finding| finding.fixable) {
        let found = &examined.findings;
        mended.extend(config::mend(&home, found));
        mended.extend(permissions::mend(&home, found));
        let progress = invocation.progress();
        mended.extend(doctor::mend(&examined.settings, found, &progress, &CANCEL)?);
        drop(progress);
        examined = examine(invocation, &home)?;
    }
    Ok(answer(invocation.style(), &examined.findings, &mended))
}

/// What was found, and what the engine was told to look at.
struct Examined {
    settings: Settings,
    findings: Vec<Finding>,
}

fn examine(invocation: &Invocation, home: &Home) -> Result<Examined> {
    let (document, mut findings) = config::check(home);
    let is_read = document.is_some();
    let (config, about) = environment::check(&document.unwrap_or_default())?;
    findings.push(about);
    findings.extend(permissions::check(home, &config));
    findings.push(model::check(&config));
    let reach = match invocation.folder() {
        Some(folder) => Reach::Folder(folder),
        None => Reach::Registry,
    };
    let settings = home.settings_to_look(&config, reach, invocation.keeping())?;
    // A configuration that cannot be read says nothing of projects.
    let only = invocation.named_project().filter(|_| is_read);
    let progress = invocation.progress();
    let mut found = doctor::examine(&settings, only, &progress, &CANCEL)?;
    found.retain(|finding| {
        is_read || finding.check != Check::Projects || !settings.projects.is_empty()
    });
    findings.extend(found);
    Ok(Examined { settings, findings })
}

fn answer(style: Style, findings: &[Finding], mended: &[Mended]) -> Answer {
    let number = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (problems, warnings) = (number(Severity::Problem), number(Severity::Warning));
    let json = json!({
        "healthy": problems == 0,
        "problems": problems,
        "warnings": warnings,
        "mended": mended.iter().map(mended_json).collect::<Value>(),
        "findings": findings.iter().map(finding_json).collect::<Value>(),
    });
    let answer = Answer::new(lines(style, findings, mended), json)
        .notice(summary(problems, warnings, findings));
    answer.outcome(match problems {
        0 => Outcome::Complete,
        _ => Outcome::Partial,
    })
}

fn summary(problems: usize, warnings: usize, findings: &[Finding]) -> String {
    let fixable = findings.iter().filter(|finding| finding.fixable).count();
    let mut summary = match (problems, warnings) {
        (0, 0) => "all is well".to_owned(),
        (0, _) => text::count_of(warnings, "warning"),
        (_, 0) => text::count_of(problems, "problem"),
        (_, _) => format!(
            "{}, {}",
            text::count_of(problems, "problem"),
            text::count_of(warnings, "warning")
        ),
    };
    if fixable > 0 {
        // Writing to a String cannot fail.
        let _ = write!(summary, "; `cairn doctor --fix` mends {fixable} of them");
    }
    summary
}

/// One line for each thing, and on a terminal one more for the way out.
fn lines(style: Style, findings: &[Finding], mended: &[Mended]) -> String {
    let mended = mended.iter().map(|mended| {
        let project = mended.project.as_deref();
        line(
            style,
            "mended",
            mended.check,
            project,
            &mended.message,
            None,
        )
    });
    let findings = findings.iter().map(|finding| {
        let (project, hint) = (finding.project.as_deref(), finding.hint.as_deref());
        let said = sentence(finding);
        line(
            style,
            finding.severity.name(),
            finding.check,
            project,
            &said,
            hint,
        )
    });
    mended.chain(findings).collect()
}

fn line(
    style: Style,
    word: &str,
    check: Check,
    project: Option<&str>,
    message: &str,
    hint: Option<&str>,
) -> String {
    let (project, message) = (one_line(project.unwrap_or_default()), one_line(message));
    if !style.is_terminal() {
        let cells = [
            word,
            check.name(),
            &project,
            &message,
            hint.unwrap_or_default(),
        ];
        return cells.join("\t") + "\n";
    }
    const WIDTH: usize = "problem ".len();
    let padded = format!("{word:WIDTH$}");
    let dressed = match word {
        "problem" => style.red(&padded),
        "warning" => style.yellow(&padded),
        _ => style.green(&padded),
    };
    let of = match project.as_str() {
        "" => String::new(),
        project => format!(" ({project})"),
    };
    let mut line = format!("{dressed} {}{of}: {message}\n", style.bold(check.name()));
    if let Some(hint) = hint {
        // As above.
        let _ = writeln!(line, "{:WIDTH$} {} {hint}", "", style.dim("hint:"));
    }
    line
}

fn sentence(finding: &Finding) -> String {
    let mut sentence = finding.message.clone();
    for (at, item) in finding.items.iter().take(SHOWN).enumerate() {
        sentence += if at == 0 { ": " } else { "; " };
        sentence += item;
    }
    if finding.items.len() > SHOWN {
        sentence += "; and more";
    }
    sentence
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "check": finding.check.name(),
        "project": finding.project,
        "severity": finding.severity.name(),
        "message": finding.message,
        "items": finding.items,
        "hint": finding.hint,
        "fixable": finding.fixable,
    })
}

fn mended_json(mended: &Mended) -> Value {
    json!({
        "check": mended.check.name(),
        "project": mended.project,
        "message": mended.message,
    })
}
