//! A server on a free port of this machine, over a vault written as a string.

use crate::client::{Client, Reply};
use cairn_engine::{Cancel, ProjectSettings, Settings, Silent};
use cairn_server::{
    Diagnostics, Home, HomeError, Host, HostOptions, HttpOptions, HttpTransport, Mcp, ToolSet,
    http_until,
};
use cairn_testkit::Vault;
use jiff::Zoned;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Far longer than anything takes that comes at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What ends at once, ends in: within a second on an idle machine, and sooner than what is not told to end.
pub(crate) const PROMPT: Duration = Duration::from_secs(4);

/// What a test can do to the machine of a server.
#[derive(Default)]
pub(crate) struct Levers {
    /// Whether asking for the time panics, as a defect in a verb would.
    pub(crate) panics: AtomicBool,
    /// Told when a project is being registered, which then waits for an answer.
    pub(crate) gate: Mutex<Option<(Sender<()>, Receiver<()>)>>,
}

impl Levers {
    /// Has the next registration of a project wait: the first end tells that it does, the second one lets it go on.
    pub(crate) fn hold(&self) -> (Receiver<()>, Sender<()>) {
        let ((entered, is_entered), (go, may_go)) = (channel(), channel());
        *self.gate.lock().expect("nobody panicked") = Some((entered, may_go));
        (is_entered, go)
    }
}

struct TestHome {
    settings: Mutex<Settings>,
    /// What was said on stderr.
    said: Arc<Mutex<Vec<String>>>,
    changed: AtomicBool,
    levers: Arc<Levers>,
}

impl Home for TestHome {
    fn settings(&self) -> Result<Settings, HomeError> {
        self.changed.store(false, Ordering::SeqCst);
        Ok(self.settings.lock().expect("nobody panicked").clone())
    }

    fn changed(&self) -> bool {
        self.changed.load(Ordering::SeqCst)
    }

    fn add_project(&self, name: &str, folder: &Path, _is_default: bool) -> Result<(), HomeError> {
        if let Some((entered, may_go)) = self.levers.gate.lock().expect("nobody panicked").take() {
            entered.send(()).expect("the test waits");
            may_go.recv().expect("the test lets it go on");
        }
        let mut settings = self.settings.lock().expect("nobody panicked");
        settings.projects.push(ProjectSettings {
            name: name.to_owned(),
            root: folder.to_owned(),
        });
        self.changed.store(true, Ordering::SeqCst);
        Ok(())
    }

    fn remove_project(&self, _name: &str) -> Result<(), HomeError> {
        unreachable!("no test of the wire removes a project")
    }

    fn now(&self) -> Zoned {
        assert!(
            !self.levers.panics.load(Ordering::SeqCst),
            "the clock fell from the wall"
        );
        Zoned::now()
    }

    fn diagnostics(&self) -> Diagnostics {
        Diagnostics::default()
    }

    fn log(&self, line: &str) {
        self.said
            .lock()
            .expect("nobody panicked")
            .push(line.to_owned());
    }

    fn about(&self) -> String {
        "a test".to_owned()
    }
}

/// A host over a vault that is indexed.
pub(crate) struct Served {
    pub(crate) host: Arc<Host>,
    pub(crate) levers: Arc<Levers>,
    pub(crate) vault: Vault,
    said: Arc<Mutex<Vec<String>>>,
}

impl Served {
    pub(crate) fn new(vault: &str) -> Self {
        Self::with(vault, HostOptions::default())
    }

    /// A host that learns of outside edits by a sync alone.
    pub(crate) fn unwatched(vault: &str) -> Self {
        let options = HostOptions {
            unwatched: true,
            ..HostOptions::default()
        };
        Self::with(vault, options)
    }

    fn with(vault: &str, options: HostOptions) -> Self {
        let vault = Vault::new(vault);
        let settings = Settings::in_memory("main", vault.root().to_owned());
        let served = Self::begun(vault, settings, options);
        let engine = served.host.engine().expect("an index in memory opens");
        for project in engine.projects() {
            project
                .sync(&Silent, &Cancel::new())
                .expect("the vault is there");
        }
        served
    }

    /// A host that has opened nothing yet, with these settings.
    pub(crate) fn begun(vault: Vault, settings: Settings, options: HostOptions) -> Self {
        let (levers, said) = (Arc::new(Levers::default()), Arc::default());
        let home = TestHome {
            settings: Mutex::new(settings),
            said: Arc::clone(&said),
            changed: AtomicBool::new(false),
            levers: Arc::clone(&levers),
        };
        Self {
            host: Host::new(home, options),
            levers,
            vault,
            said,
        }
    }

    /// Returns what was said on stderr so far.
    pub(crate) fn said(&self) -> Vec<String> {
        self.said.lock().expect("nobody panicked").clone()
    }

    pub(crate) fn mcp(&self) -> Mcp {
        Mcp::new(Arc::clone(&self.host), ToolSet::Full)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.host.stop();
    }
}

/// A server of HTTP; it ends when dropped.
pub(crate) struct Server {
    pub(crate) served: Served,
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    thread: Option<JoinHandle<io::Result<()>>>,
}

pub(crate) fn options(transport: HttpTransport) -> HttpOptions {
    HttpOptions {
        host: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        path: "/mcp".to_owned(),
        transport,
        token: None,
        allowed_hosts: Vec::new(),
    }
}

impl Server {
    pub(crate) fn streamable(vault: &str) -> Self {
        Self::with(vault, options(HttpTransport::Streamable))
    }

    pub(crate) fn with(vault: &str, options: HttpOptions) -> Self {
        Self::of(Served::new(vault), options)
    }

    pub(crate) fn of(served: Served, options: HttpOptions) -> Self {
        let (mcp, stop) = (served.mcp(), CancellationToken::new());
        let (ready, is_ready) = channel();
        let stopped = stop.clone().cancelled_owned();
        let thread = std::thread::spawn(move || {
            http_until(
                mcp,
                options,
                |address| ready.send(address).expect("the test waits"),
                stopped,
            )
        });
        let address = is_ready.recv_timeout(PATIENCE).expect("it listens");
        Self {
            served,
            address,
            stop,
            thread: Some(thread),
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Sends one request.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        self.client().send(method, path, headers, body)
    }

    /// Has the server end, and waits for it.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        self.stop.cancel();
        let thread = self.thread.take().expect("it ends once");
        thread.join().expect("it does not panic")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A test that failed already says more.
            drop(thread.join());
        }
    }
}

/// A vault of many small notes.
pub(crate) fn many(count: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for number in 0..count {
        let _ = writeln!(
            text,
            "//- notes/{number}.md\n# Note {number}\n\n- [fact] number {number} #many\n- links_to [[Note {}]]",
            number + 1
        );
    }
    text
}
