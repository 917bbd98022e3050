//! MCP over stdin and stdout.
//!
//! Invariant: the output carries JSON-RPC alone, and within a second of the input's end the conversation is over,
//! whatever still runs.

mod lines;

use crate::mcp::Mcp;
use crate::wire::{Incoming, LARGEST_MESSAGE, Opening, QUEUE, Unanswered, read, too_large};
use futures::StreamExt as _;
use lines::{Line, Lines};
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::service::{ServerInitializeError, serve_server_with_ct};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;
use tokio_util::codec::FramedRead;
use tokio_util::sync::{CancellationToken, PollSender};

/// How long calls in flight may go on when the input has ended.
const ANSWERING: Duration = Duration::from_millis(600);

/// How long they have to notice that they are to stop.
const STOPPING: Duration = Duration::from_millis(100);

/// How long a client whose requests wait may read nothing at all before it is taken for gone.
const READING: Duration = Duration::from_secs(10);

/// Verbs that run at once; more wait their turn.
const VERBS: usize = 128;

/// Serves stdin and stdout until stdin ends or the host is stopped.
///
/// # Errors
/// When the conversation cannot begin.
pub fn stdio(mcp: Mcp) -> io::Result<()> {
    let host = Arc::clone(mcp.host());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(VERBS)
        .thread_name("cairn-wire")
        .enable_all()
        .build()?;
    let result = runtime.block_on(async move {
        let (input, output) = rmcp::transport::io::stdio_pipes();
        connection(mcp, input, output).await
    });
    host.stop();
    // A thread that waits for stdin cannot be woken.
    runtime.shutdown_background();
    result
}

/// Serves one conversation, a message a line, until the input ends or the host is stopped.
///
/// # Errors
/// When the conversation cannot begin.
pub async fn connection(
    mcp: Mcp,
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
) -> io::Result<()> {
    let host = Arc::clone(mcp.host());
    let stop = CancellationToken::new();
    let (answer, answers) = channel(QUEUE);
    let (message, messages) = channel(QUEUE);
    let flow = Arc::new(Flow::default());
    let mut writing = tokio::spawn(write(output, answers, Arc::clone(&flow)));
    let mut reading = tokio::spawn(read_all(input, message, answer.clone(), flow));
    let mut serving = tokio::spawn(serve(mcp, messages, answer, stop.clone()));
    tokio::select! {
        _ = &mut reading => {
            if let Ok(result) = timeout(ANSWERING, &mut serving).await {
                drop(timeout(STOPPING, writing).await);
                return result.map_err(io::Error::other)?;
            }
        }
        result = &mut serving => {
            reading.abort();
            drop(timeout(STOPPING, writing).await);
            return result.map_err(io::Error::other)?;
        }
        // Nobody reads what is said.
        _ = &mut writing => {}
        () = host.stopped() => {}
    }
    reading.abort();
    stop.cancel();
    drop(timeout(STOPPING, &mut serving).await);
    serving.abort();
    if !writing.is_finished() {
        drop(timeout(STOPPING, writing).await);
    }
    Ok(())
}

/// What reading knows of writing.
#[derive(Default)]
struct Flow {
    unanswered: Unanswered,
    /// How many times something began to be written, and was.
    begun: AtomicU64,
    written: AtomicU64,
}

impl Flow {
    /// Waits until there is room for a message; whether there will be any: the end of the input cannot be seen behind
    /// a message that waits.
    async fn admit(&self, message: &ClientJsonRpcMessage) -> bool {
        let mut admitted = pin!(self.unanswered.admit(message));
        loop {
            let before = self.written.load(Ordering::Relaxed);
            if timeout(READING, &mut admitted).await.is_ok() {
                return true;
            }
            let written = self.written.load(Ordering::Relaxed);
            if written == before && self.begun.load(Ordering::Relaxed) > written {
                return false;
            }
        }
    }
}

/// Passes on what is read until the input ends.
async fn read_all(
    input: impl AsyncRead + Unpin,
    message: Sender<ClientJsonRpcMessage>,
    answer: Sender<ServerJsonRpcMessage>,
    flow: Arc<Flow>,
) {
    let mut opening = Opening::default();
    let mut lines = FramedRead::new(input, Lines::new(LARGEST_MESSAGE));
    while let Some(Ok(line)) = lines.next().await {
        let incoming = match line {
            Line::Whole(bytes) => read(&bytes),
            Line::TooLong => vec![Incoming::Wrong(too_large())],
        };
        for incoming in incoming {
            let is_taken = match incoming {
                Incoming::Message(read) if !opening.admits(&read) => true,
                Incoming::Message(read) => {
                    flow.admit(&read).await && message.send(read).await.is_ok()
                }
                Incoming::Wrong(wrong) => answer.send(wrong).await.is_ok(),
            };
            if !is_taken {
                return;
            }
        }
    }
}

/// Writes what is answered, many answers at once where they come fast.
async fn write(
    mut output: impl AsyncWrite + Unpin,
    mut answers: Receiver<ServerJsonRpcMessage>,
    flow: Arc<Flow>,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    while let Some(answer) = answers.recv().await {
        bytes.clear();
        flow.unanswered.answered(&answer);
        serde_json::to_writer(&mut bytes, &answer)?;
        bytes.push(b'\n');
        while bytes.len() < 1 << 16
            && let Ok(answer) = answers.try_recv()
        {
            flow.unanswered.answered(&answer);
            serde_json::to_writer(&mut bytes, &answer)?;
            bytes.push(b'\n');
        }
        flow.begun.fetch_add(1, Ordering::Relaxed);
        output.write_all(&bytes).await?;
        output.flush().await?;
        flow.written.fetch_add(1, Ordering::Relaxed);
        bytes.shrink_to(1 << 20);
    }
    Ok(())
}

/// Has a conversation until its messages end.
async fn serve(
    mcp: Mcp,
    mut messages: Receiver<ClientJsonRpcMessage>,
    answer: Sender<ServerJsonRpcMessage>,
    stop: CancellationToken,
) -> io::Result<()> {
    let messages = futures::stream::poll_fn(move |context| messages.poll_recv(context));
    match serve_server_with_ct(mcp, (PollSender::new(answer), messages), stop).await {
        Ok(service) => {
            service.waiting().await.map_err(io::Error::other)?;
            Ok(())
        }
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => {
            Ok(())
        }
        Err(error) => Err(io::Error::other(error)),
    }
}
