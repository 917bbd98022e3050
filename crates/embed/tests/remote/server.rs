//! A server that answers as it is told, and remembers what it was asked.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

use serde_json::Value;

/// What the server does with one request.
pub(crate) enum Reply {
    /// Status, further headers, body.
    Http(u16, &'static str, String),
    /// Reads the request and never answers.
    Silence,
    /// Closes the connection in the middle of the answer.
    HalfAnAnswer,
}

/// A request as it came: its first line and headers, and its body.
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Value,
}

pub(crate) struct Server {
    pub(crate) url: String,
    thread: JoinHandle<Vec<Request>>,
}

impl Server {
    /// Answers as many requests as there are replies, one connection each.
    pub(crate) fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let thread = thread::spawn(move || {
            let mut requests = Vec::new();
            for reply in replies {
                let (stream, _) = listener.accept().expect("a connection");
                requests.push(answer(stream, &reply));
            }
            requests
        });
        Self { url, thread }
    }

    pub(crate) fn requests(self) -> Vec<Request> {
        self.thread.join().expect("the server did not panic")
    }
}

fn answer(stream: TcpStream, reply: &Reply) -> Request {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(
            reader.read_line(&mut head).expect("a line"),
            0,
            "the request ends early"
        );
    }
    let length = head
        .lines()
        .find_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        })
        .expect("a length");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body");
    let body = serde_json::from_slice(&body).expect("JSON");
    let mut stream = reader.into_inner();
    match reply {
        Reply::Http(status, headers, text) => {
            let length = text.len();
            write!(
                stream,
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{text}"
            )
            .expect("sent");
        }
        // Until the other side hangs up, which it does when it has waited long enough.
        Reply::Silence => while stream.read(&mut [0; 64]).is_ok_and(|read| read > 0) {},
        Reply::HalfAnAnswer => {
            write!(
                stream,
                "HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n{{\"data\":"
            )
            .expect("sent");
        }
    }
    Request { head, body }
}
