//! Models behind HTTP, played by a server inside the test.

mod server;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use cairn_embed::{Detour, Embedder, Endpoint, Error, Key, Prefixes, Protocol, Remote, Role};
use serde_json::{Value, json};

use self::server::{Reply, Server};

fn openai(vectors: &[&[f32]]) -> Reply {
    let data: Vec<Value> = vectors
        .iter()
        .enumerate()
        .map(|(index, vector)| json!({"index": index, "embedding": vector}))
        .collect();
    Reply::Http(200, "", json!({"data": data}).to_string())
}

fn failure(status: u16, headers: &'static str) -> Reply {
    Reply::Http(
        status,
        headers,
        r#"{"error":{"message":"the reason"}}"#.to_owned(),
    )
}

/// What the embedder waited for, instead of waiting.
type Waits = Arc<Mutex<Vec<Duration>>>;

fn remote(server: &Server, change: impl FnOnce(&mut Endpoint)) -> (Remote, Waits) {
    let mut endpoint = Endpoint::new(Protocol::OpenAi, &server.url, "model", 2);
    endpoint.attempts = 3;
    change(&mut endpoint);
    let waits = Waits::default();
    let noted = Arc::clone(&waits);
    let pause = Box::new(move |wait| noted.lock().expect("no panic").push(wait));
    (Remote::new(endpoint, pause).expect("no proxy"), waits)
}

fn milliseconds(waits: &Waits) -> Vec<u128> {
    waits
        .lock()
        .expect("no panic")
        .iter()
        .map(Duration::as_millis)
        .collect()
}

#[test]
fn texts_go_in_batches_with_prefix_and_key() {
    let server = Server::start(vec![
        openai(&[&[3.0, 4.0], &[0.0, 2.0]]),
        openai(&[&[-5.0, 0.0]]),
    ]);
    let (remote, waits) = remote(&server, |endpoint| {
        endpoint.batch = 2;
        endpoint.key = Some(Key::new("secret"));
        endpoint.prefixes = Prefixes {
            query: "query: ".to_owned(),
            passage: "passage: ".to_owned(),
        };
    });
    let vectors = remote
        .embed(&["a", "b", "c"], Role::Passage)
        .expect("answered");
    assert_eq!(vectors, [[0.6, 0.8], [0.0, 1.0], [-1.0, 0.0]]);
    assert_eq!(
        remote.id().as_str(),
        r#"model@openai/2 query="query: " passage="passage: ""#
    );
    assert!(milliseconds(&waits).is_empty());
    let requests = server.requests();
    assert!(
        requests[0]
            .head
            .starts_with("POST /v1/embeddings HTTP/1.1\r\n")
    );
    assert!(
        requests[0]
            .head
            .contains("authorization: Bearer secret\r\n")
    );
    assert_eq!(
        requests[0].body,
        json!({"model": "model", "input": ["passage: a", "passage: b"], "encoding_format": "float"})
    );
    assert_eq!(requests[1].body["input"], json!(["passage: c"]));
}

#[test]
fn ollama_is_asked_in_its_own_language() {
    let server = Server::start(vec![Reply::Http(
        200,
        "",
        json!({"embeddings": [[0, 1]]}).to_string(),
    )]);
    let (remote, _) = remote(&server, |endpoint| endpoint.protocol = Protocol::Ollama);
    assert_eq!(
        remote.embed(&["a"], Role::Query).expect("answered"),
        [[0.0, 1.0]]
    );
    let requests = server.requests();
    assert!(requests[0].head.starts_with("POST /api/embed HTTP/1.1\r\n"));
    assert!(!requests[0].head.contains("authorization"));
}

#[test]
fn a_refused_key_is_not_tried_again() {
    let server = Server::start(vec![failure(401, "")]);
    let (remote, waits) = remote(&server, |endpoint| endpoint.key = Some(Key::new("secret")));
    let error = remote.embed(&["a"], Role::Query).expect_err("refused");
    assert!(
        matches!(error, Error::BadKey { status: 401, .. }),
        "{error}"
    );
    assert!(!error.is_passing());
    assert!(!format!("{error} {error:?} {}", error.hint()).contains("secret"));
    assert!(milliseconds(&waits).is_empty());
    server.requests();
}

#[test]
fn a_limited_rate_is_waited_for_as_the_server_asks() {
    let limited = || failure(429, "retry-after: 7\r\n");
    let server = Server::start(vec![
        limited(),
        failure(429, "retry-after: 9999\r\n"),
        openai(&[&[1.0, 0.0]]),
    ]);
    let (first, waits) = remote(&server, |_| {});
    assert_eq!(
        first.embed(&["a"], Role::Passage).expect("at last"),
        [[1.0, 0.0]]
    );
    assert_eq!(milliseconds(&waits), [7_000, 30_000]);
    server.requests();

    let server = Server::start(vec![limited(), limited(), limited()]);
    let (second, waits) = remote(&server, |_| {});
    let error = second.embed(&["a"], Role::Passage).expect_err("limited");
    assert!(
        matches!(error, Error::RateLimited { attempts: 3, .. }),
        "{error}"
    );
    assert!(error.is_passing());
    assert_eq!(milliseconds(&waits), [7_000, 7_000]);
    server.requests();
}

#[test]
fn a_server_in_trouble_is_asked_again_with_growing_pauses() {
    let server = Server::start(vec![
        failure(500, ""),
        Reply::HalfAnAnswer,
        openai(&[&[1.0, 0.0]]),
    ]);
    let (first, waits) = remote(&server, |_| {});
    assert_eq!(
        first.embed(&["a"], Role::Passage).expect("at last"),
        [[1.0, 0.0]]
    );
    assert_eq!(milliseconds(&waits), [500, 1_000]);
    server.requests();

    let server = Server::start(vec![failure(503, ""), failure(503, ""), failure(503, "")]);
    let (second, _) = remote(&server, |_| {});
    let error = second.embed(&["a"], Role::Passage).expect_err("failing");
    let url = &server.url;
    assert_eq!(
        error.to_string(),
        format!("{url}/v1/embeddings failed with HTTP 503 after 3 attempts: the reason")
    );
    server.requests();
}

#[test]
fn other_vectors_than_expected_are_refused_and_counted() {
    let server = Server::start(vec![
        openai(&[&[1.0, 0.0, 0.0]]),
        openai(&[&[1.0, 0.0], &[1.0]]),
    ]);
    let (remote, _) = remote(&server, |_| {});
    let error = remote
        .embed(&["a"], Role::Query)
        .expect_err("three, not two");
    assert!(
        matches!(
            error,
            Error::WrongDimension {
                expected: 2,
                found: 3,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.hint().contains("dimensions to 3"));
    let error = remote
        .embed(&["a", "b"], Role::Passage)
        .expect_err("the second is shorter");
    assert!(
        matches!(error, Error::WrongDimension { found: 1, .. }),
        "{error}"
    );
    server.requests();
}

#[test]
fn nonsense_is_refused() {
    let zero: &[f32] = &[0.0, 0.0];
    let answers = [
        Reply::Http(200, "", "<html>hello</html>".to_owned()),
        Reply::Http(200, "", String::new()),
        Reply::Http(200, "", json!({"data": []}).to_string()),
        Reply::Http(200, "", json!({"embeddings": [[1, 0]]}).to_string()),
        Reply::Http(
            200,
            "",
            json!({"data": [{"embedding": ["x", "y"]}, {"embedding": [1, 0]}]}).to_string(),
        ),
        Reply::Http(
            200,
            "",
            json!({"data": [{"embedding": [1e300, 0]}, {"embedding": [1, 0]}]}).to_string(),
        ),
        openai(&[&[], &[]]),
        openai(&[zero, zero]),
    ];
    for reply in answers {
        let server = Server::start(vec![reply]);
        let (remote, waits) = remote(&server, |_| {});
        let error = remote
            .embed(&["a", "b"], Role::Query)
            .expect_err("nonsense");
        assert!(matches!(error, Error::Garbled { .. }), "{error}");
        assert!(milliseconds(&waits).is_empty());
        server.requests();
    }
}

#[test]
fn an_unknown_model_and_a_bad_request_say_why() {
    let body = r#"{"error":"model \"model\" not found"}"#.to_owned();
    let server = Server::start(vec![Reply::Http(404, "", body), failure(400, "")]);
    let (remote, _) = remote(&server, |_| {});
    let error = remote.embed(&["a"], Role::Query).expect_err("unknown");
    assert!(
        error
            .to_string()
            .ends_with(r#"has no model called model: model "model" not found"#),
        "{error}"
    );
    let error = remote.embed(&["a"], Role::Query).expect_err("refused");
    assert!(
        error
            .to_string()
            .ends_with("refuses the request (HTTP 400): the reason"),
        "{error}"
    );
    server.requests();
}

#[test]
fn nobody_there_and_nobody_answering_are_unreachable() {
    let server = Server::start(vec![Reply::Silence, Reply::Silence]);
    let (slow, waits) = remote(&server, |endpoint| {
        endpoint.timeout = Duration::from_millis(30);
        endpoint.attempts = 2;
    });
    let error = slow.embed(&["a"], Role::Passage).expect_err("silent");
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(milliseconds(&waits), [500]);
    server.requests();

    // Bound once and free again: nobody listens there.
    let gone = Server::start(Vec::new());
    let (remote, waits) = remote(&gone, |_| {});
    gone.requests();
    let error = remote.embed(&["a"], Role::Passage).expect_err("gone");
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(error.is_passing());
    assert_eq!(milliseconds(&waits), [500, 1_000]);
}

#[test]
fn a_question_is_asked_once_and_not_for_long() {
    let server = Server::start(vec![failure(503, "retry-after: 1\r\n"), Reply::Silence]);
    let (remote, waits) = remote(&server, |endpoint| {
        endpoint.question_timeout = Duration::from_millis(30);
    });
    let error = remote.embed(&["a"], Role::Query).expect_err("failing");
    assert!(
        matches!(error, Error::Failing { attempts: 1, .. }),
        "{error}"
    );
    let error = remote.embed(&["a"], Role::Query).expect_err("silent");
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(milliseconds(&waits).is_empty());
    server.requests();
}

#[test]
fn what_is_too_long_for_the_server_is_asked_for_in_parts() {
    let long = "é".repeat(300);
    let server = Server::start(vec![
        failure(413, ""),
        openai(&[&[1.0, 0.0]]),
        failure(400, ""),
        failure(400, ""),
        openai(&[&[0.0, 1.0]]),
    ]);
    let (remote, _) = remote(&server, |_| {});
    assert_eq!(
        remote.embed(&["short", &long], Role::Passage).expect("cut"),
        [[1.0, 0.0], [0.0, 1.0]]
    );
    let inputs: Vec<Value> = server
        .requests()
        .into_iter()
        .map(|request| request.body["input"].clone())
        .collect();
    assert_eq!(
        inputs,
        [
            json!(["short", long]),
            json!(["short"]),
            json!([long]),
            json!(["é".repeat(150)]),
            json!(["é".repeat(75)]),
        ]
    );
}

#[test]
fn a_refusal_that_has_nothing_to_do_with_length_is_told_soon() {
    let server = Server::start(vec![failure(400, ""), failure(400, "")]);
    let (remote, _) = remote(&server, |_| {});
    let error = remote
        .embed(&["a", "b"], Role::Passage)
        .expect_err("refused");
    assert!(
        matches!(error, Error::Refused { status: 400, .. }),
        "{error}"
    );
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn texts_go_nowhere_but_to_the_address() {
    let elsewhere = "location: http://127.0.0.1:1/v1/embeddings\r\n";
    let server = Server::start(vec![
        Reply::Http(302, elsewhere, String::new()),
        Reply::Http(307, elsewhere, String::new()),
    ]);
    let (remote, _) = remote(&server, |_| {});
    for status in [302, 307] {
        let error = remote.embed(&["a"], Role::Passage).expect_err("moved");
        assert!(
            matches!(error, Error::Refused { status: found, .. } if found == status),
            "{error}"
        );
    }
    server.requests();
}

#[test]
fn a_model_is_asked_for_shorter_vectors_only_when_told() {
    let server = Server::start(vec![openai(&[&[1.0, 0.0]])]);
    let (remote, _) = remote(&server, |endpoint| endpoint.asks_for_dimensions = true);
    remote.embed(&["a"], Role::Query).expect("answered");
    assert_eq!(server.requests()[0].body["dimensions"], json!(2));
}

#[test]
fn a_proxy_is_used_but_for_the_hosts_it_is_not_for() {
    let nobody = "http://user:password@127.0.0.1:1";
    let detour = |except: &str| Detour {
        proxy: nobody.to_owned(),
        except: except.to_owned(),
    };
    let server = Server::start(vec![openai(&[&[1.0, 0.0]])]);
    let (through, _) = remote(&server, |endpoint| endpoint.detour = Some(detour("host")));
    let error = through.embed(&["a"], Role::Query).expect_err("no proxy");
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("password"));
    let (around, _) = remote(&server, |endpoint| {
        endpoint.detour = Some(detour("host, 127.0.0.1"));
    });
    around.embed(&["a"], Role::Query).expect("answered");
    server.requests();
}
