//! A server without a wire: a vault written as a string, calls, and what they answer as one readable text.
//!
//! Not a client: what goes over the wire is tested in `wire`. Invariant: equal calls give equal transcripts, whenever
//! and wherever they run.

use cairn_engine::{Cancel, Model, ProjectSettings, Settings, Silent};
use cairn_server::{Body, Diagnostics, Home, HomeError, Host, HostOptions, Reply};
use cairn_testkit::Vault;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

/// A machine that is the same everywhere.
pub(crate) struct FixedHome {
    settings: Mutex<Settings>,
    changed: AtomicBool,
    now: Zoned,
}

impl Home for FixedHome {
    fn settings(&self) -> Result<Settings, HomeError> {
        self.changed.store(false, Ordering::SeqCst);
        Ok(self.settings.lock().expect("nobody panicked").clone())
    }

    fn changed(&self) -> bool {
        self.changed.load(Ordering::SeqCst)
    }

    fn add_project(&self, name: &str, folder: &Path, is_default: bool) -> Result<(), HomeError> {
        if !folder.is_absolute() {
            return Err(HomeError {
                message: format!("there is no home directory for {}", folder.display()),
                hint: None,
            });
        }
        std::fs::create_dir_all(folder).map_err(|error| HomeError {
            message: format!("cannot create {}: {error}", folder.display()),
            hint: None,
        })?;
        let mut settings = self.settings.lock().expect("nobody panicked");
        settings.projects.push(ProjectSettings {
            name: name.to_owned(),
            root: folder.to_owned(),
        });
        if is_default {
            settings.default_project = Some(name.to_owned());
        }
        self.changed.store(true, Ordering::SeqCst);
        Ok(())
    }

    fn remove_project(&self, name: &str) -> Result<(), HomeError> {
        let mut settings = self.settings.lock().expect("nobody panicked");
        settings.projects.retain(|project| project.name != name);
        self.changed.store(true, Ordering::SeqCst);
        Ok(())
    }

    fn now(&self) -> Zoned {
        self.now.clone()
    }

    fn diagnostics(&self) -> Diagnostics {
        Diagnostics {
            config_path: PathBuf::from("/home/ada/.config/cairn/config.toml"),
            config: Some("default_project = \"main\"\n".to_owned()),
            platform: "linux".to_owned(),
            architecture: "x86_64".to_owned(),
        }
    }
}

/// A server over vaults; the first project, `main`, is the default one.
pub(crate) struct Server {
    pub(crate) host: Arc<Host>,
    vaults: Vec<(String, Vault)>,
}

impl Server {
    /// A server with one project, `main`.
    pub(crate) fn new(vault: &str) -> Self {
        Self::with(&[("main", vault)], HostOptions::default())
    }

    /// A server with these projects, indexed.
    pub(crate) fn with(vaults: &[(&str, &str)], options: HostOptions) -> Self {
        Self::opened(vaults, options, true, ticking, None)
    }

    /// A server with one project, `main`, and a model; nothing is embedded yet.
    pub(crate) fn with_model(vault: &str, model: Model) -> Self {
        let options = HostOptions::default();
        Self::opened(&[("main", vault)], options, true, ticking, Some(model))
    }

    /// A server whose changes are made now, so that they are recent; the first project is the default one or not.
    pub(crate) fn today(vaults: &[(&str, &str)], has_default: bool) -> Self {
        let options = HostOptions::default();
        Self::opened(vaults, options, has_default, Timestamp::now, None)
    }

    /// A server with these projects, none of them the default one.
    pub(crate) fn without_default(vaults: &[(&str, &str)]) -> Self {
        Self::opened(vaults, HostOptions::default(), false, ticking, None)
    }

    fn opened(
        vaults: &[(&str, &str)],
        options: HostOptions,
        has_default: bool,
        clock: fn() -> Timestamp,
        model: Option<Model>,
    ) -> Self {
        let vaults: Vec<(String, Vault)> = vaults
            .iter()
            .map(|(name, text)| ((*name).to_owned(), Vault::new(text)))
            .collect();
        let (first, root) = &vaults[0];
        let mut settings = Settings::in_memory(first, root.root().to_owned());
        settings.projects = vaults
            .iter()
            .map(|(name, vault)| ProjectSettings {
                name: name.clone(),
                root: vault.root().to_owned(),
            })
            .collect();
        settings.clock = clock;
        settings.meaning.model = model;
        if !has_default {
            settings.default_project = None;
        }
        let home = FixedHome {
            settings: Mutex::new(settings),
            changed: AtomicBool::new(false),
            // Files get the time they are written at, and "recent" is counted from it.
            now: Zoned::now(),
        };
        let host = Host::new(home, options);
        for project in host.engine().expect("an index in memory opens").projects() {
            project
                .sync(&Silent, &Cancel::new())
                .expect("the vault is there");
        }
        Self { host, vaults }
    }

    /// The vault of a project.
    pub(crate) fn vault(&self, project: &str) -> &Vault {
        let vault = self.vaults.iter().find(|(name, _)| name == project);
        &vault.expect("the test names its projects").1
    }

    /// Calls a tool as the client `test`.
    pub(crate) fn reply(&self, tool: &str, arguments: &Value) -> Reply {
        self.reply_to(Some("test"), tool, arguments)
    }

    /// Calls a tool as a client that gave this name, if any.
    pub(crate) fn reply_to(&self, client: Option<&str>, tool: &str, arguments: &Value) -> Reply {
        let declaration = cairn_server::tool(tool).expect("the tool exists");
        let arguments = match arguments {
            Value::Object(object) => object.clone(),
            _ => panic!("arguments are an object"),
        };
        cairn_server::call(
            &self.host,
            declaration,
            arguments,
            client.map(str::to_owned),
            &Silent,
            &Cancel::new(),
        )
    }

    /// Calls a tool; what it answers as text, with what differs from run to run replaced.
    pub(crate) fn call(&self, tool: &str, arguments: &Value) -> String {
        let reply = self.reply(tool, arguments);
        let mut text = String::new();
        if reply.is_error {
            text.push_str("(isError)\n");
        }
        match &reply.body {
            Body::Text(body) => text.push_str(body),
            Body::Json(value) => {
                text.push_str(&serde_json::to_string_pretty(value).expect("a value is JSON"));
            }
        }
        if let Some(notice) = &reply.notice {
            let _ = write!(text, "\n(notice) {notice}");
        }
        for link in &reply.links {
            let _ = write!(text, "\n(link) {} {}", link.uri, link.name);
        }
        self.steady(&text)
    }

    /// Calls tools one after another; everything said as one transcript.
    pub(crate) fn transcript(&self, calls: &[(&str, Value)]) -> String {
        let mut transcript = String::new();
        for (tool, arguments) in calls {
            let arguments_text = self.steady(&arguments.to_string());
            let _ = write!(
                transcript,
                ">>> {tool} {arguments_text}\n{}\n\n",
                self.call(tool, arguments)
            );
        }
        transcript
    }

    /// The text with folders, ids, times and scores replaced by what they are.
    fn steady(&self, text: &str) -> String {
        let lines = text.split_inclusive('\n').map(without_score);
        let mut text: String = lines.collect();
        for (name, vault) in &self.vaults {
            text = text.replace(&vault.root().display().to_string(), &format!("[{name}]"));
        }
        let mut steady = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(character) = rest.chars().next() {
            let (length, word) = run_of(rest, is_uuid, 36)
                .map(|length| (length, "[id]"))
                .or_else(|| instant(rest).map(|length| (length, "[time]")))
                .or_else(|| run_of(rest, is_date, 10).map(|length| (length, "[date]")))
                .unwrap_or((0, ""));
            if length > 0 {
                steady.push_str(word);
                rest = &rest[length..];
            } else {
                steady.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
        steady
    }
}

/// A line with the score it tells of replaced: how words are weighed is not what an answer says.
fn without_score(line: &str) -> String {
    const KEYS: [&str; 5] = [
        "- score: ",
        "\"score\": ",
        "\"words\": ",
        "\"passage\": ",
        "\"meaning\": ",
    ];
    let key = KEYS
        .into_iter()
        .find(|key| line.trim_start().starts_with(key));
    let parts = key.and_then(|key| Some(line.split_at(line.find(key)? + key.len())));
    let Some((before, score)) = parts else {
        return line.to_owned();
    };
    let is_digit = |character: char| character.is_ascii_digit() || character == '.';
    let rest = score.trim_start_matches(is_digit);
    match rest.len() < score.len() {
        true => format!("{before}[score]{rest}"),
        false => line.to_owned(),
    }
}

/// The time of a change: a minute after the change before it, whichever test made that.
fn ticking() -> Timestamp {
    static MINUTES: AtomicI64 = AtomicI64::new(0);
    let minutes = MINUTES.fetch_add(1, Ordering::SeqCst);
    let first: Timestamp = "2025-06-15T12:00:00Z".parse().expect("a time");
    first + SignedDuration::from_mins(minutes)
}

fn run_of(text: &str, is: fn(&str) -> bool, length: usize) -> Option<usize> {
    text.get(..length).filter(|run| is(run)).map(|_| length)
}

fn is_uuid(text: &str) -> bool {
    text.char_indices().all(|(at, character)| match at {
        8 | 13 | 18 | 23 => character == '-',
        _ => character.is_ascii_hexdigit(),
    })
}

fn is_date(text: &str) -> bool {
    text.char_indices().all(|(at, character)| match at {
        4 | 7 => character == '-',
        _ => character.is_ascii_digit(),
    })
}

/// How long an instant of ISO 8601 at the beginning of the text is.
fn instant(text: &str) -> Option<usize> {
    run_of(text, is_date, 10)?;
    let rest = text[10..].strip_prefix('T')?;
    let time = rest
        .find(|character: char| !character.is_ascii_digit() && !":.+-Z".contains(character))
        .unwrap_or(rest.len());
    Some(11 + time)
}

/// What a reply says in words.
pub(crate) fn text(reply: &Reply) -> &str {
    match &reply.body {
        Body::Text(text) => text,
        Body::Json(value) => panic!("text was asked for, not {value}"),
    }
}

/// What a reply says in JSON.
pub(crate) fn value(reply: Reply) -> Value {
    match reply.body {
        Body::Json(value) => value,
        Body::Text(text) => panic!("JSON was asked for, not {text}"),
    }
}
