//! The transport of 2024-11-05: a stream of events from the server, and requests to a path that the stream names.
//!
//! Deployed clients still speak it. Invariant: a session lives exactly as long as its stream, and nobody reaches one
//! without having been told its id.

use super::refusal;
use crate::wire::{Incoming, LARGEST_MESSAGE, Opening, QUEUE, Unanswered, read};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{OriginalUri, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::stream::{self, Stream, StreamExt as _};
use rmcp::ServerHandler;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::service::serve_server_with_ct;
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{Sender, channel};
use tokio_util::sync::{CancellationToken, PollSender};

/// The path clients try when they are told none.
const USUAL: &str = "/sse";

/// How many sessions there may be.
const MOST: usize = 1024;

/// How often a comment keeps a stream open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

struct Sessions<H> {
    handler: H,
    open: Mutex<HashMap<String, Session>>,
    ended: CancellationToken,
}

#[derive(Clone)]
struct Session {
    message: Sender<ClientJsonRpcMessage>,
    answer: Sender<ServerJsonRpcMessage>,
    opening: Arc<Mutex<Opening>>,
    unanswered: Arc<Unanswered>,
}

/// Returns the endpoints.
pub(super) fn router<H: ServerHandler + Clone>(
    handler: H,
    paths: &[String],
    ended: &CancellationToken,
) -> Router {
    let sessions = Arc::new(Sessions {
        handler,
        open: Mutex::default(),
        ended: ended.child_token(),
    });
    let mut all: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    all.insert(USUAL);
    let router = all.into_iter().fold(Router::new(), |router, path| {
        router.route(path, get(open::<H>).post(accept::<H>))
    });
    router
        .method_not_allowed_fallback(|| async {
            refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "GET opens a session, POST sends a message to one",
            )
        })
        .with_state(sessions)
}

/// Opens a session: the stream names where to send messages, and then brings what the server says.
async fn open<H: ServerHandler + Clone>(
    State(sessions): State<Arc<Sessions<H>>>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let (message, mut messages) = channel(QUEUE);
    let (answer, mut answers) = channel::<ServerJsonRpcMessage>(QUEUE);
    let stop = sessions.ended.child_token();
    let unanswered = Arc::new(Unanswered::default());
    {
        let mut open = lock(&sessions.open);
        if open.len() >= MOST {
            return refusal(
                StatusCode::SERVICE_UNAVAILABLE,
                "Too many sessions are open",
            );
        }
        let session = Session {
            message,
            answer: answer.clone(),
            opening: Arc::default(),
            unanswered: Arc::clone(&unanswered),
        };
        open.insert(id.clone(), session);
    }
    let closing = Closing {
        sessions: Arc::clone(&sessions),
        id: id.clone(),
        stop: stop.clone(),
    };
    let handler = sessions.handler.clone();
    let service_stop = stop.clone();
    tokio::spawn(async move {
        let messages = stream::poll_fn(move |context| messages.poll_recv(context));
        let transport = (PollSender::new(answer), messages);
        if let Ok(service) = serve_server_with_ct(handler, transport, service_stop.clone()).await {
            drop(service.waiting().await);
        }
        // A conversation that is over has no stream either.
        service_stop.cancel();
    });
    let endpoint = Event::default()
        .event("endpoint")
        .data(format!("{}?sessionId={id}", uri.path()));
    let answers = stream::poll_fn(move |context| answers.poll_recv(context))
        .filter_map(move |answer| {
            unanswered.answered(&answer);
            let text = serde_json::to_string(&answer).ok();
            ready(text.map(|text| Event::default().event("message").data(text)))
        })
        .take_until(stop.cancelled_owned());
    let events = stream::once(async { endpoint }).chain(answers);
    let mut response = Sse::new(Held {
        events: Box::pin(events),
        _closing: closing,
    })
    .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
    .into_response();
    let no_buffering = HeaderValue::from_static("no");
    response
        .headers_mut()
        .insert("x-accel-buffering", no_buffering);
    let never = HeaderValue::from_static("no-cache, no-transform");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    response
}

/// Takes a message for a session; its answer comes on the stream.
async fn accept<H: ServerHandler + Clone>(
    State(sessions): State<Arc<Sessions<H>>>,
    Query(query): Query<HashMap<String, String>>,
    body: Body,
) -> Response {
    let id = query.get("sessionId").or_else(|| query.get("session_id"));
    let session = id.and_then(|id| lock(&sessions.open).get(id).cloned());
    let Some(session) = session else {
        return refusal(
            StatusCode::NOT_FOUND,
            "There is no such session; GET opens one and names where to send messages",
        );
    };
    let Ok(bytes) = to_bytes(body, LARGEST_MESSAGE).await else {
        return refusal(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The message cannot be read, or holds more than 16 MiB",
        );
    };
    let mut is_wrong = false;
    for incoming in read(&bytes) {
        let is_taken = match incoming {
            Incoming::Message(read) if !lock(&session.opening).admits(&read) => true,
            Incoming::Message(read) => {
                session.unanswered.admit(&read).await;
                session.message.send(read).await.is_ok()
            }
            Incoming::Wrong(wrong) => {
                is_wrong = true;
                session.answer.send(wrong).await.is_ok()
            }
        };
        if !is_taken {
            return refusal(StatusCode::NOT_FOUND, "The session has ended");
        }
    }
    if is_wrong {
        return refusal(
            StatusCode::BAD_REQUEST,
            "This is no JSON-RPC 2.0 message; the stream says more",
        );
    }
    (StatusCode::ACCEPTED, "Accepted").into_response()
}

/// A stream of events that ends its session when it is dropped.
struct Held<S, H> {
    events: std::pin::Pin<Box<S>>,
    _closing: Closing<H>,
}

impl<S: Stream<Item = Event>, H> Stream for Held<S, H> {
    type Item = Result<Event, Infallible>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.events
            .as_mut()
            .poll_next(context)
            .map(|event| event.map(Ok))
    }
}

/// Ends a session when dropped.
struct Closing<H> {
    sessions: Arc<Sessions<H>>,
    id: String,
    stop: CancellationToken,
}

impl<H> Drop for Closing<H> {
    fn drop(&mut self) {
        self.stop.cancel();
        lock(&self.sessions.open).remove(&self.id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
