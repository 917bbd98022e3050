//! MCP over HTTP: the streamable transport of every revision, and the older one of two endpoints.
//!
//! Invariant: no request is served whose Host, Origin or token is not right, and within a second of being told to stop
//! the server has ended, whatever streams are open.

mod guard;
mod sse;
mod streamable;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
use guard::Guard;
use rmcp::ServerHandler;
use rmcp::model::ErrorCode;
use serde_json::json;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How HTTP is served.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The address; a token is required when it is not of this machine alone.
    pub host: IpAddr,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// The path of the endpoint, with its slash.
    pub path: String,
    /// Which transport.
    pub transport: HttpTransport,
    /// Who may come in.
    pub token: Option<Token>,
    /// Names, besides addresses and this machine's own, under which the server may be reached.
    pub allowed_hosts: Vec<String>,
}

/// Which transport is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpTransport {
    /// One endpoint, every revision since 2025-03-26.
    Streamable,
    /// HTTP with server-sent events of 2024-11-05.
    Sse,
}

/// A secret; never shown.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Returns a token.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// How long open requests and streams may take to end.
const ENDING: Duration = Duration::from_millis(600);

/// Verbs that run at once; more wait their turn.
const VERBS: usize = 128;

/// Serves until told to stop by a signal; `ready` is called with the address once it listens.
///
/// # Errors
/// When the address cannot be listened on, or a token is missing where one is required.
pub fn http<H: ServerHandler + Clone>(
    handler: H,
    options: HttpOptions,
    ready: impl FnOnce(SocketAddr) + Send,
) -> io::Result<()> {
    http_until(handler, options, ready, std::future::pending())
}

/// As [`http`], and until `stop` is done.
///
/// # Errors
/// As [`http`].
pub fn http_until<H: ServerHandler + Clone>(
    handler: H,
    options: HttpOptions,
    ready: impl FnOnce(SocketAddr) + Send,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(std::thread::available_parallelism().map_or(2, |cores| cores.get().min(4)))
        .max_blocking_threads(VERBS)
        .thread_name("cairn-wire")
        .enable_all()
        .build()?;
    let result = runtime.block_on(serve(handler, options, ready, stop));
    // A verb that does not notice that it is to stop is not waited for.
    runtime.shutdown_background();
    result
}

async fn serve<H: ServerHandler + Clone>(
    handler: H,
    options: HttpOptions,
    ready: impl FnOnce(SocketAddr) + Send,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let guard = Arc::new(Guard::new(&options)?);
    let paths = paths(&options.path)?;
    let signalled = signalled()?;
    let address = SocketAddr::new(options.host, options.port);
    let listener = TcpListener::bind(address).await.map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })?;
    let address = listener.local_addr()?;
    let ended = CancellationToken::new();
    let router = match options.transport {
        HttpTransport::Streamable => streamable::router(handler, &paths, &ended),
        HttpTransport::Sse => sse::router(handler, &paths, &ended),
    };
    let router = router
        .fallback(|| async { refusal(StatusCode::NOT_FOUND, "There is nothing at this path") })
        .layer(axum::middleware::from_fn(
            move |request: Request, next: Next| {
                let guard = Arc::clone(&guard);
                async move {
                    match guard.refused(request.uri(), request.headers()) {
                        None => worded(next.run(request).await).await,
                        Some(refused) => refused,
                    }
                }
            },
        ));
    let listener = listener.tap_io(|stream| {
        // An answer is sent at once; a connection that is broken already says so when it is read.
        drop(stream.set_nodelay(true));
    });
    let serving = axum::serve(listener, router)
        .with_graceful_shutdown(ended.clone().cancelled_owned())
        .into_future();
    let mut serving = tokio::spawn(serving);
    ready(address);
    tokio::select! {
        result = &mut serving => return result.map_err(io::Error::other)?,
        () = signalled => {}
        () = stop => {}
    }
    ended.cancel();
    drop(tokio::time::timeout(ENDING, serving).await);
    Ok(())
}

/// The path of the endpoint, without and with a slash at its end.
fn paths(path: &str) -> io::Result<Vec<String>> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    if !path.starts_with('/') || !path.bytes().all(is_plain) || path.contains("//") {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{path:?} is no path of an endpoint; give one like /mcp"),
        ));
    }
    let path = path.trim_end_matches('/');
    Ok(match path {
        "" => vec!["/".to_owned()],
        path => vec![path.to_owned(), format!("{path}/")],
    })
}

/// Waits for a signal that asks to end.
fn signalled() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        );
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async {
            drop(tokio::signal::ctrl_c().await);
        })
    }
}

/// Returns a refusal of the library below in the form of our own.
async fn worded(response: Response) -> Response {
    let (status, kind) = (response.status(), response.headers().get(CONTENT_TYPE));
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, 1 << 16).await.unwrap_or_default();
    let mut worded = refusal(status, &String::from_utf8_lossy(&text));
    if let Some(allowed) = parts.headers.get(ALLOW) {
        worded.headers_mut().insert(ALLOW, allowed.clone());
    }
    worded
}

/// An answer to a request that is not served, for programs and people.
fn refusal(status: StatusCode, message: &str) -> Response {
    refusal_of(status, ErrorCode::INVALID_REQUEST, message)
}

fn refusal_of(status: StatusCode, code: ErrorCode, message: &str) -> Response {
    let body = json!({
        "jsonrpc": "2.0",
        "id": null,
        "error": { "code": code.0, "message": message },
    });
    (status, Json(body)).into_response()
}
