//! Who may come in, case by case.

use crate::client::initialize;
use crate::server::{Server, options};
use cairn_server::{HttpOptions, HttpTransport, Token};
use std::io::ErrorKind;
use std::net::Ipv4Addr;

const BOTH: (&str, &str) = ("accept", "application/json, text/event-stream");
const JSON: (&str, &str) = ("content-type", "application/json");

/// The status of an `initialize` with these headers.
fn status(server: &Server, headers: &[(&str, &str)]) -> u16 {
    let headers: Vec<_> = [BOTH, JSON].iter().chain(headers).copied().collect();
    let body = initialize("2025-11-25").to_string();
    server.send("POST", "/mcp", &headers, &body).status
}

#[test]
fn a_host_is_this_machine_an_address_or_allowed() {
    let server = Server::with(
        "",
        HttpOptions {
            allowed_hosts: vec!["Notes.example".to_owned(), "other.example:8443".to_owned()],
            ..options(HttpTransport::Streamable)
        },
    );
    for (host, expected) in [
        ("localhost", 200),
        ("LOCALHOST:9", 200),
        ("localhost.:9", 200),
        ("127.0.0.1:1", 200),
        ("127.1.2.3", 200),
        ("[::1]:8000", 200),
        ("192.168.1.7:8000", 200),
        ("notes.example", 200),
        ("notes.EXAMPLE:8000", 200),
        ("other.example:8443", 200),
        ("other.example", 403),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost@evil.example", 403),
        ("evil.example@localhost", 403),
        ("", 403),
        ("a b", 403),
    ] {
        assert_eq!(status(&server, &[("host", host)]), expected, "{host:?}");
    }
    let twice = [("host", "localhost"), ("host", "evil.example")];
    // A library below refuses it as no HTTP at all, or the guard does.
    assert!(matches!(status(&server, &twice), 400 | 403));
    let none = server
        .client()
        .raw("POST /mcp HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}");
    assert_eq!(none.status, 403);
    let elsewhere = server
        .client()
        .raw("GET http://evil.example/mcp HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert_eq!(elsewhere.status, 403);
}

#[test]
fn an_origin_is_this_machine_or_allowed() {
    let server = Server::with(
        "",
        HttpOptions {
            allowed_hosts: vec!["notes.example".to_owned()],
            ..options(HttpTransport::Streamable)
        },
    );
    for (origin, expected) in [
        ("http://localhost:6274", 200),
        ("https://127.0.0.1", 200),
        ("http://[::1]:1", 200),
        ("https://notes.example", 200),
        ("null", 403),
        ("https://evil.example", 403),
        ("http://192.168.1.7", 403),
        ("http://localhost.evil.example", 403),
        ("file://localhost", 403),
        ("localhost", 403),
        ("", 403),
    ] {
        assert_eq!(
            status(&server, &[("origin", origin)]),
            expected,
            "{origin:?}"
        );
    }
}

#[test]
fn a_token_is_asked_of_every_request() {
    for transport in [HttpTransport::Streamable, HttpTransport::Sse] {
        let server = Server::with(
            "",
            HttpOptions {
                token: Some(Token::new("s3cret")),
                ..options(transport)
            },
        );
        for value in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer s3cre",
            "Bearer s3crets",
            "Bearer S3CRET",
            "Basic s3cret",
            "s3cret",
        ] {
            assert_eq!(
                status(&server, &[("authorization", value)]),
                401,
                "{value:?}"
            );
        }
        for (method, path) in [("POST", "/mcp"), ("GET", "/mcp"), ("GET", "/elsewhere")] {
            let refused = server.send(method, path, &[], "");
            assert_eq!(refused.status, 401, "{method} {path}");
            assert_eq!(
                refused.header("www-authenticate"),
                Some("Bearer realm=\"cairn\"")
            );
            assert_eq!(refused.json()["error"]["code"], -32600);
        }
        let given = [("authorization", "bearer s3cret")];
        let known = status(&server, &given);
        let twice = [given[0], given[0]];
        assert_eq!(status(&server, &twice), 401);
        match transport {
            HttpTransport::Streamable => assert_eq!(known, 200),
            // A message without a session.
            HttpTransport::Sse => assert_eq!(known, 404),
        }
    }
}

#[test]
fn without_a_token_only_this_machine_is_listened_to() {
    let refused = |options: HttpOptions| {
        let served = crate::server::Served::new("");
        let error = cairn_server::http(served.mcp(), options, |_| panic!("it must not listen"))
            .expect_err("it is refused");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        error.to_string()
    };
    let options = options(HttpTransport::Streamable);
    let open = refused(HttpOptions {
        host: Ipv4Addr::UNSPECIFIED.into(),
        ..options.clone()
    });
    assert!(open.contains("other machines can reach 0.0.0.0"), "{open}");
    assert!(open.contains("`http_token`"), "{open}");
    let empty = refused(HttpOptions {
        token: Some(Token::new(" ")),
        ..options.clone()
    });
    assert!(empty.contains("the token is empty"), "{empty}");
    for path in ["mcp", "/a b", "/{x}", "//", "/a?b"] {
        let path = refused(HttpOptions {
            path: path.to_owned(),
            ..options.clone()
        });
        assert!(path.contains("is no path of an endpoint"), "{path}");
    }
}

#[test]
fn too_much_is_refused_before_it_is_read() {
    let server = Server::streamable("");
    let announced = server.send(
        "POST",
        "/mcp",
        &[BOTH, JSON, ("content-length", "16777217")],
        "",
    );
    assert_eq!(announced.status, 413);
    assert_eq!(
        announced.json()["error"]["message"],
        "A message may hold 16 MiB"
    );
    let mut body = String::new();
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 20, "x".repeat(1 << 20));
    for _ in 0..17 {
        body += &chunk;
    }
    body += "0\r\n\r\n";
    let chunked = [BOTH, JSON, ("transfer-encoding", "chunked")];
    assert_eq!(server.send("POST", "/mcp", &chunked, &body).status, 413);
}

#[test]
fn other_paths_have_nothing() {
    for transport in [HttpTransport::Streamable, HttpTransport::Sse] {
        let server = Server::with("", options(transport));
        for path in ["/", "/health", "/mcp/x", "/mcpx", "/../mcp"] {
            let nothing = server.send("GET", path, &[], "");
            assert_eq!(nothing.status, 404, "{path}");
            assert_eq!(
                nothing.json()["error"]["message"],
                "There is nothing at this path"
            );
        }
    }
}
