//! A server and a client, joined by a pipe in memory.

use cairn_engine::{Cancel, ProjectSettings, Settings, Silent};
use cairn_server::{Diagnostics, Home, HomeError, Host, HostOptions, Mcp, ToolSet};
use cairn_testkit::Vault;
use jiff::Zoned;
use rmcp::model::ProtocolVersion;
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService, ServiceError};
use rmcp::{ErrorData, RoleClient, ServiceExt};
use std::path::Path;
use std::sync::Arc;

/// A client that is connected.
pub(crate) type Client = RunningService<RoleClient, ()>;

/// How client and server begin.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Era {
    /// `initialize`.
    Legacy,
    /// 2026-07-28: no handshake, every request carries what it needs.
    Stateless,
}

pub(crate) const ERAS: [Era; 2] = [Era::Legacy, Era::Stateless];

struct FixedHome {
    settings: Settings,
}

impl Home for FixedHome {
    fn settings(&self) -> Result<Settings, HomeError> {
        Ok(self.settings.clone())
    }

    fn changed(&self) -> bool {
        false
    }

    fn add_project(&self, _: &str, _: &Path, _: bool) -> Result<(), HomeError> {
        Err(HomeError {
            message: "the registry of a test stays as it is".to_owned(),
            hint: None,
        })
    }

    fn remove_project(&self, _: &str) -> Result<(), HomeError> {
        self.add_project("", Path::new(""), false)
    }

    fn now(&self) -> Zoned {
        Zoned::now()
    }

    fn diagnostics(&self) -> Diagnostics {
        Diagnostics::default()
    }
}

/// A server over vaults.
pub(crate) struct Served {
    pub(crate) host: Arc<Host>,
    vaults: Vec<(String, Vault)>,
}

impl Served {
    /// A server with these projects, indexed; the first is the default one.
    pub(crate) fn new(vaults: &[(&str, &str)]) -> Self {
        Self::with(vaults, HostOptions::default(), true)
    }

    pub(crate) fn with(vaults: &[(&str, &str)], options: HostOptions, has_default: bool) -> Self {
        let vaults: Vec<(String, Vault)> = vaults
            .iter()
            .map(|(name, text)| ((*name).to_owned(), Vault::new(text)))
            .collect();
        let first = vaults.first().expect("a server has a project");
        let mut settings = Settings::in_memory(&first.0, first.1.root().to_owned());
        settings.projects = vaults
            .iter()
            .map(|(name, vault)| ProjectSettings {
                name: name.clone(),
                root: vault.root().to_owned(),
            })
            .collect();
        if !has_default {
            settings.default_project = None;
        }
        let host = Host::new(FixedHome { settings }, options);
        let served = Self { host, vaults };
        served.sync();
        served
    }

    /// Brings the index in step.
    pub(crate) fn sync(&self) {
        let engine = self.host.engine().expect("an index in memory opens");
        for project in engine.projects() {
            let report = project.sync(&Silent, &Cancel::new());
            report.expect("the vault is there");
        }
    }

    /// The vault of a project.
    pub(crate) fn vault(&self, project: &str) -> &Vault {
        let vault = self.vaults.iter().find(|(name, _)| name == project);
        &vault.expect("the test names its projects").1
    }

    /// A client of the server.
    pub(crate) async fn connect(&self, era: Era) -> Client {
        connect(Arc::clone(&self.host), era).await
    }
}

/// A client of a host.
pub(crate) async fn connect(host: Arc<Host>, era: Era) -> Client {
    let (near, far) = tokio::io::duplex(1 << 16);
    let mcp = Mcp::new(host, ToolSet::Full);
    tokio::spawn(async move {
        let running = mcp.serve(far).await.expect("the client begins well");
        running.waiting().await
    });
    let client = match era {
        Era::Legacy => ().serve(near).await,
        Era::Stateless => {
            let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
            let mode = ClientLifecycleMode::Discover { preferred_versions };
            ().serve_with_lifecycle(near, mode).await
        }
    };
    client.expect("the server answers")
}

/// The error the server answered with.
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> ErrorData {
    match result {
        Err(ServiceError::McpError(error)) => error,
        other => panic!("an error of the server, not {other:?}"),
    }
}
