//! The one endpoint of every revision since 2025-03-26: sessions for those that have them, and none for the others.
//!
//! The protocol is the library's; here is what clients in the wild need beyond it. Invariant: so many sessions are
//! kept and no more, since clients that are killed end none.

use super::{refusal, refusal_of};
use crate::wire::LARGEST_MESSAGE;
use axum::Router;
use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use rmcp::ServerHandler;
use rmcp::model::ErrorCode;
use rmcp::transport::streamable_http_server::session::SessionManager as _;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a session that nobody uses is kept: clients come back after a night.
const SESSION: Duration = Duration::from_hours(24);

/// How many sessions are kept; of more, the one that was not used for longest ends.
const MOST: usize = 256;

/// The header that names a session.
const SESSION_ID: &str = "mcp-session-id";

/// What a client must accept: the answer may be either.
const BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

/// Returns the endpoint.
pub(super) fn router<H: ServerHandler + Clone>(
    handler: H,
    paths: &[String],
    ended: &CancellationToken,
) -> Router {
    let mut manager = LocalSessionManager::default();
    manager.session_config.keep_alive = Some(SESSION);
    let manager = Arc::new(manager);
    // Who may come in is asked in one place, the guard.
    let config = StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_json_response(true)
        .with_max_request_body_bytes(LARGEST_MESSAGE)
        .with_cancellation_token(ended.child_token());
    let service =
        StreamableHttpService::new(move || Ok(handler.clone()), Arc::clone(&manager), config);
    let sessions = Arc::new(Sessions {
        manager,
        used: Mutex::default(),
    });
    let router = paths.iter().fold(Router::new(), |router, path| {
        router.route_service(path, service.clone())
    });
    router.layer(from_fn(move |request: Request, next: Next| {
        let sessions = Arc::clone(&sessions);
        async move { sessions.serve(request, next).await }
    }))
}

/// The sessions that are kept.
struct Sessions {
    manager: Arc<LocalSessionManager>,
    used: Mutex<Used>,
}

/// When sessions were used last, by the number of the request.
#[derive(Default)]
struct Used {
    requests: u64,
    last: HashMap<String, u64>,
}

impl Sessions {
    async fn serve(&self, mut request: Request, next: Next) -> Response {
        let method = request.method().clone();
        let is_json = is_json(request.headers());
        if method == Method::POST && accepts_anything(request.headers()) {
            request.headers_mut().insert(ACCEPT, BOTH);
        }
        let named = session_of(request.headers());
        if let Some(id) = &named {
            self.used(id, &method);
        }
        let response = next.run(request).await;
        if named.is_none()
            && let Some(id) = session_of(response.headers())
        {
            self.begun(id);
        }
        match response.status() {
            // Clients take only 200 and 204 for a session that has ended.
            StatusCode::ACCEPTED if method == Method::DELETE => {
                StatusCode::NO_CONTENT.into_response()
            }
            // It is JSON by its head, and nothing else can be wrong with its type than what it holds.
            StatusCode::UNSUPPORTED_MEDIA_TYPE if is_json => refusal_of(
                StatusCode::BAD_REQUEST,
                ErrorCode::PARSE_ERROR,
                "Parse error: the body is no JSON-RPC 2.0 message",
            ),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => refusal(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The Content-Type of a message is application/json",
            ),
            _ => response,
        }
    }

    fn used(&self, id: &str, method: &Method) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.requests += 1;
        let number = used.requests;
        if method == Method::DELETE {
            used.last.remove(id);
        } else if let Some(last) = used.last.get_mut(id) {
            *last = number;
        }
    }

    fn begun(&self, id: String) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.requests += 1;
        let number = used.requests;
        used.last.insert(id, number);
        if used.last.len() <= MOST {
            return;
        }
        let oldest = used.last.iter().min_by_key(|(_, last)| **last);
        let Some(oldest) = oldest.map(|(id, _)| id.clone()) else {
            return;
        };
        used.last.remove(&oldest);
        let manager = Arc::clone(&self.manager);
        // One whose client reads nothing may take its time.
        tokio::spawn(async move { manager.close_session(&oldest.into()).await });
    }
}

fn session_of(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(SESSION_ID)?.to_str().ok()?.to_owned())
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether a client says that it takes any type, or does not say which, as simple ones do.
fn accepts_anything(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(ACCEPT).iter().peekable();
    accepted.peek().is_none()
        || accepted
            .filter_map(|types| types.to_str().ok())
            .flat_map(|types| types.split(','))
            .any(|kind| kind.split(';').next().map(str::trim) == Some("*/*"))
}
