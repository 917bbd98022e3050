//! `cairn mcp` itself: the server over stdio or HTTP until it is told to end.
//!
//! Invariant: before the first answer nothing is read but `config.toml`; no index is opened.

use super::{Tools, parent};
use crate::failure::{Failure, Result};
use crate::home::{Log, Machine};
use crate::invocation::Invocation;
use crate::output::Answer;
use crate::settings::{Config, keys};
use cairn_engine::Kind;
use cairn_server::{Host, HostOptions, HttpOptions, HttpTransport, Mcp, Token, ToolSet};
use clap::{Args, ValueEnum};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;

/// How the server is reached.
#[derive(Debug, Args)]
pub(super) struct Reached {
    /// How clients speak to the server
    #[arg(long, value_name = "TRANSPORT")]
    transport: Option<Transport>,
    /// HTTP: the address to listen on [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    host: Option<IpAddr>,
    /// HTTP: the port to listen on [default: 8000]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// HTTP: the path of the endpoint [default: /mcp]
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// HTTP: a file with the secret clients must send
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// HTTP: a further name the server is reached by; may be repeated
    #[arg(long = "allow-host", value_name = "NAME")]
    allowed_hosts: Vec<String>,
}

/// How clients speak to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Transport {
    /// Over stdin and stdout (the default)
    Stdio,
    /// Over HTTP, one endpoint
    StreamableHttp,
    /// Over HTTP with server-sent events, for older clients
    Sse,
}

impl Reached {
    /// Whether any of them was given.
    pub(super) fn is_given(&self) -> bool {
        self.transport.is_some()
            || self.host.is_some()
            || self.port.is_some()
            || self.path.is_some()
            || self.token_file.is_some()
            || !self.allowed_hosts.is_empty()
    }
}

/// Serves until the client or a signal says that it is over.
pub(super) fn run(
    invocation: &Invocation,
    arguments: Reached,
    tools: Option<Tools>,
) -> Result<Answer> {
    let machine = Machine::new(invocation)?;
    let transport = match arguments.transport {
        None | Some(Transport::Stdio) => None,
        Some(Transport::StreamableHttp) => Some(HttpTransport::Streamable),
        Some(Transport::Sse) => Some(HttpTransport::Sse),
    };
    let config = match machine.config() {
        Ok(config) => Some(config),
        // A client that is set up must find its server; tools say what is wrong until the file is mended. An open
        // port is another matter: whether it wants a token stands in that file.
        Err(failure) if transport.is_none() && failure.kind != Kind::Invalid => {
            machine.log().line(&failure.message);
            None
        }
        Err(failure) => return Err(failure),
    };
    if let Some(config) = &config
        && (invocation.named_project().is_some() || invocation.folder().is_some())
    {
        machine
            .engine_settings(config)?
            .project(invocation.named_project())?;
    }
    let tools = offered(tools, config.as_ref());
    let http = match transport {
        None => {
            refuse_http_options(&arguments)?;
            None
        }
        Some(transport) => Some(options(arguments, transport, config.as_ref())?),
    };
    let log = machine.log().clone();
    let project = invocation.named_project().map(str::to_owned);
    let host = Host::new(
        machine,
        HostOptions {
            project,
            ..HostOptions::default()
        },
    );
    log.note(concat!("cairn ", env!("CARGO_PKG_VERSION")));
    let served = serve(&host, tools, http, &log);
    host.stop();
    match served {
        Ok(()) => {
            log.note("ends");
            Ok(Answer::nothing())
        }
        Err(error) => {
            log.note(&format!("ends: {error}"));
            Err(unserved(&error))
        }
    }
}

/// Serves over HTTP, or over stdio where that is `None`.
fn serve(
    host: &Arc<Host>,
    tools: ToolSet,
    http: Option<HttpOptions>,
    log: &Log,
) -> std::io::Result<()> {
    let mcp = Mcp::new(Arc::clone(host), tools);
    match http {
        None => {
            log.note("serves MCP over stdio");
            parent::watch({
                let (host, log) = (Arc::clone(host), log.clone());
                move || {
                    log.note("ends: its parent is gone");
                    host.stop();
                    std::process::exit(0);
                }
            });
            // It begins to index when the handshake is answered.
            cairn_server::stdio(mcp)
        }
        Some(options) => {
            host.start();
            let path = options.path.clone();
            cairn_server::http(mcp, options, |address| {
                log.line(&format!("serves MCP at http://{address}{path}"));
            })
        }
    }
}

/// The tools that are offered: as typed, else as set. Where that cannot be read, those that change nothing.
fn offered(typed: Option<Tools>, config: Option<&Config>) -> ToolSet {
    if let Some(typed) = typed {
        return typed.set();
    }
    match config.map(|config| config.text(&keys::TOOLS)) {
        Some(Some("core")) => ToolSet::Core,
        Some(Some("read-only")) | None => ToolSet::ReadOnly,
        Some(_) => ToolSet::Full,
    }
}

fn refuse_http_options(arguments: &Reached) -> Result<()> {
    let without_transport = arguments.host.is_some()
        || arguments.port.is_some()
        || arguments.path.is_some()
        || arguments.token_file.is_some()
        || !arguments.allowed_hosts.is_empty();
    if without_transport {
        return Err(
            Failure::invalid("the options of HTTP have no meaning over stdio")
                .hint("add --transport streamable-http"),
        );
    }
    Ok(())
}

fn options(
    arguments: Reached,
    transport: HttpTransport,
    config: Option<&Config>,
) -> Result<HttpOptions> {
    let host = arguments.host.unwrap_or(Ipv4Addr::LOCALHOST.into());
    let token = match &arguments.token_file {
        Some(file) => Some(token_in(file)?),
        None => config.and_then(|config| config.secret(&keys::HTTP_TOKEN).map(Token::new)),
    };
    if token.is_none() && !host.is_loopback() {
        return Err(Failure::invalid(format!(
            "listening on {host}, which other machines reach, needs a token"
        ))
        .hint("give --token-file FILE, or set CAIRN_HTTP_TOKEN or `http_token`"));
    }
    let path = arguments.path.unwrap_or_else(|| "/mcp".to_owned());
    Ok(HttpOptions {
        host,
        port: arguments.port.unwrap_or(8000),
        path: format!("/{}", path.trim_matches('/')),
        transport,
        token,
        allowed_hosts: arguments.allowed_hosts,
    })
}

fn token_in(file: &std::path::Path) -> Result<Token> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => Kind::NotFound,
            _ => Kind::Io,
        };
        Failure::new(kind, format!("cannot read {}: {error}", file.display()))
    })?;
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::invalid(format!(
            "{} must hold a token: printable ASCII without spaces",
            file.display()
        )));
    }
    Ok(Token::new(token))
}

fn address(text: &str) -> std::result::Result<IpAddr, String> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    text.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .map_err(|_| "give an address such as 127.0.0.1 or 0.0.0.0".to_owned())
}

fn unserved(error: &std::io::Error) -> Failure {
    let failure = Failure::new(Kind::Io, format!("cannot serve: {error}"));
    match error.kind() {
        std::io::ErrorKind::AddrInUse => failure.hint("choose another port with --port"),
        std::io::ErrorKind::AddrNotAvailable => {
            failure.hint("give --host an address of this machine")
        }
        _ => failure,
    }
}
