//! What a command says: its answer on stdout, everything else on stderr.
//!
//! Not what the answer is. Invariant: stdout carries the answer and nothing else, and a reader that closes it
//! early is no failure.

pub(crate) mod json;
mod progress;
mod style;
pub(crate) mod text;

pub(crate) use progress::Bar;
pub(crate) use style::{Style, one_line};

use crate::failure::Failure;
use serde_json::{Value, json};
use std::io::{self, IsTerminal as _, Write as _};

/// The answer of a command, in both of its forms.
#[derive(Debug)]
pub(crate) struct Answer {
    /// For people and pipes; ends with a newline unless empty.
    pub(crate) text: String,
    /// For programs.
    pub(crate) json: Value,
    /// What a person is told on stderr beside it ("no results").
    pub(crate) notice: Option<String>,
    /// Whether everything that was asked was done.
    pub(crate) outcome: Outcome,
}

/// Whether everything that was asked was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was.
    Complete,
    /// The answer names what could not be done: exit code 1.
    Partial,
}

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Text, or tables on a terminal.
    Text,
    /// JSON.
    Json,
}

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Talk {
    /// Failures only.
    Quiet,
    /// Warnings and progress too.
    Normal,
    /// What was done on the way, too.
    Verbose,
}

/// Where and how a command speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    form: Form,
    talk: Talk,
    out: Style,
    err: Style,
}

impl Answer {
    /// An answer that is complete.
    pub(crate) fn new(text: String, json: Value) -> Self {
        Self {
            text,
            json,
            notice: None,
            outcome: Outcome::Complete,
        }
    }

    /// An answer without words.
    pub(crate) fn nothing() -> Self {
        Self::new(String::new(), Value::Null)
    }

    /// Adds what a person is told on stderr.
    pub(crate) fn notice(self, notice: impl Into<String>) -> Self {
        Self {
            notice: Some(notice.into()),
            ..self
        }
    }

    /// Says whether everything was done.
    pub(crate) fn outcome(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }
}

impl Output {
    /// Looks at the terminal and the environment once.
    pub(crate) fn new(form: Form, talk: Talk) -> Self {
        let (term, no_color) = (std::env::var_os("TERM"), std::env::var_os("NO_COLOR"));
        let style = |terminal| Style::of(terminal, term.as_deref(), no_color.as_deref());
        Self {
            form,
            talk,
            out: style(io::stdout().is_terminal()),
            err: style(io::stderr().is_terminal()),
        }
    }

    /// Returns the style of the answer.
    pub(crate) fn style(self) -> Style {
        self.out
    }

    /// Returns a bar for long verbs; it shows itself only on a terminal that wants it.
    pub(crate) fn progress(self) -> Bar {
        Bar::new(self.err.is_terminal() && self.form == Form::Text && self.talk >= Talk::Normal)
    }

    /// Prints the answer.
    pub(crate) fn answer(self, answer: &Answer) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match self.form {
            Form::Text => out.write_all(answer.text.as_bytes())?,
            // A command that has nothing to say, as a server that ended.
            Form::Json if answer.json.is_null() => {}
            Form::Json => writeln!(out, "{:#}", answer.json)?,
        }
        out.flush()?;
        if let (Form::Text, Some(notice)) = (self.form, &answer.notice) {
            self.say(Talk::Normal, &self.err.dim(notice));
        }
        Ok(())
    }

    /// Prints a warning and the way out.
    pub(crate) fn warn(self, message: &str, hint: Option<&str>) {
        match self.form {
            Form::Text => {
                self.say(
                    Talk::Normal,
                    &format!("{} {message}", self.err.yellow("warning:")),
                );
                if let Some(hint) = hint {
                    self.say(Talk::Normal, &format!("{} {hint}", self.err.dim("hint:")));
                }
            }
            Form::Json => self.say(
                Talk::Normal,
                &json!({"warning": {"message": message, "hint": hint}}).to_string(),
            ),
        }
    }

    /// Prints a remark beside an answer that goes on.
    pub(crate) fn remark(self, message: &str) {
        if self.form == Form::Text {
            self.say(Talk::Normal, &self.err.dim(message));
        }
    }

    /// Prints what was done on the way, for those who asked.
    pub(crate) fn detail(self, message: &str) {
        if self.form == Form::Text {
            self.say(Talk::Verbose, &self.err.dim(message));
        }
    }

    /// Prints a failure and the way out.
    pub(crate) fn fail(self, failure: &Failure) {
        match self.form {
            Form::Text => {
                self.say(
                    Talk::Quiet,
                    &format!("{} {}", self.err.red("error:"), one_line(&failure.message)),
                );
                if let Some(hint) = &failure.hint {
                    // Near names are titles, and a title may hold anything.
                    let hint = one_line(hint);
                    self.say(Talk::Quiet, &format!("{} {hint}", self.err.dim("hint:")));
                }
            }
            Form::Json => self.say(Talk::Quiet, &json::failure(failure).to_string()),
        }
    }

    fn say(self, least: Talk, line: &str) {
        if self.talk >= least {
            // Nobody is left to be told that stderr is closed.
            drop(writeln!(io::stderr(), "{line}"));
        }
    }
}
