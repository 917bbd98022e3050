//! `read_content`.

use crate::harness::{Server, value};
use cairn_testkit::Vault;
use image::{ImageFormat, RgbImage};
use serde_json::{Value, json};
use std::io::Cursor;

fn server() -> Server {
    Server::new(
        "//- notes/Tea.md\n---\ntitle: Tea\n---\n\n# Tea\nhot\n//- data.json\n{\"a\": 1}\n//- list.csv\na,b\n1,2\n3,4\n//- Makefile\nall:\n//- pic.svg\n<svg/>\n//- Empty.md\n",
    )
}

fn answer(server: &Server, arguments: &Value) -> Value {
    let reply = server.reply("read_content", arguments);
    assert!(!reply.is_error, "{arguments}: {reply:?}");
    value(reply)
}

/// A picture whose pixels have nothing to do with each other, so that no codec makes it small.
fn picture(side: u32, format: ImageFormat) -> Vec<u8> {
    let mut state = 1_u32;
    let picture = RgbImage::from_fn(side, side, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        image::Rgb([a, b, c])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, format)
        .expect("a picture can be written");
    bytes.into_inner()
}

#[test]
fn text_is_given_as_it_is() {
    insta::assert_snapshot!(server().transcript(&[
        ("read_content", json!({"path": "notes/Tea.md"})),
        ("read_content", json!({"path": "memory://main/notes/tea"})),
        ("read_content", json!({"path": "data.json"})),
        ("read_content", json!({"path": "list.csv", "lines": "2-"})),
        ("read_content", json!({"path": "Makefile"})),
        ("read_content", json!({"path": "pic.svg"})),
        ("read_content", json!({"path": "Empty.md"})),
    ]));
}

#[test]
fn a_cut_says_how_to_go_on() {
    insta::assert_snapshot!(server().transcript(&[
        ("read_content", json!({"path": "list.csv", "max_tokens": 2})),
        (
            "read_content",
            json!({"path": "list.csv", "lines": "2-3", "max_tokens": 1, "project": "main"})
        ),
        (
            "read_content",
            json!({"path": "data.json", "max_tokens": 1})
        ),
    ]));
}

#[test]
fn a_miss_is_an_error_with_suggestions() {
    insta::assert_snapshot!(server().transcript(&[
        ("read_content", json!({"path": "notes/Te.md"})),
        ("read_content", json!({"path": "zebra.png"})),
        ("read_content", json!({"path": "main/notes"})),
        ("read_content", json!({"path": "../../etc/passwd"})),
        ("read_content", json!({"path": "/etc/passwd"})),
        ("read_content", json!({})),
        (
            "read_content",
            json!({"path": "notes/Tea.md", "file": "data.json"})
        ),
        (
            "read_content",
            json!({"path": "notes/Tea.md", "lines": "9-3"})
        ),
        (
            "read_content",
            json!({"path": "notes/Tea.md", "lines": "90"})
        ),
    ]));
    let reply = server().call("read_content", &json!({"path": "x".repeat(100_000)}));
    assert!(
        reply.starts_with("(isError)\nResource not found: xxx") && reply.len() < 400,
        "{reply}"
    );
}

#[test]
fn aliases_are_understood() {
    let server = server();
    let expected = answer(&server, &json!({"path": "data.json"}));
    for alias in ["file_path", "filepath", "file"] {
        let mut arguments = json!({});
        arguments[alias] = json!("data.json");
        assert_eq!(answer(&server, &arguments), expected, "{alias}");
    }
}

#[test]
fn small_pictures_are_sent_as_they_are() {
    let server = Server::new("");
    for (name, format, media_type) in [
        ("a.png", ImageFormat::Png, "image/png"),
        ("b.jpg", ImageFormat::Jpeg, "image/jpeg"),
        ("c.gif", ImageFormat::Gif, "image/gif"),
        ("wrong.txt", ImageFormat::WebP, "image/webp"),
    ] {
        let bytes = picture(8, format);
        server.vault("main").write_bytes(name, &bytes);
        let answer = answer(&server, &json!({"path": name}));
        assert_eq!(
            (
                &answer["type"],
                &answer["source"]["type"],
                &answer["source"]["media_type"]
            ),
            (&json!("image"), &json!("base64"), &json!(media_type)),
            "{name}"
        );
        assert_eq!(decoded(&answer), bytes, "{name}");
    }
}

#[test]
fn a_large_picture_becomes_a_small_jpeg() {
    let server = Server::new("");
    let bytes = picture(400, ImageFormat::Png);
    assert!(bytes.len() > 350_000);
    server.vault("main").write_bytes("big.png", &bytes);
    let answer = answer(&server, &json!({"path": "big.png"}));
    assert_eq!(answer["source"]["media_type"], "image/jpeg");
    let jpeg = decoded(&answer);
    assert!(jpeg.len() <= 350_000);
    assert_eq!(
        image::guess_format(&jpeg).expect("it is a picture"),
        ImageFormat::Jpeg
    );
}

#[test]
fn other_files_are_sent_up_to_a_size() {
    let server = Server::new("");
    let vault = server.vault("main");
    vault.write_bytes("a.pdf", b"%PDF\x00\xff");
    vault.write_bytes("b.bin", b"\x00\x01");
    vault.write_bytes("big.bin", &vec![0; 350_001]);
    vault.write_bytes(
        "broken.png",
        &[b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 350_000]].concat(),
    );
    insta::assert_snapshot!(server.transcript(&[
        ("read_content", json!({"path": "a.pdf"})),
        ("read_content", json!({"path": "b.bin"})),
        ("read_content", json!({"path": "b.bin", "lines": "1"})),
        ("read_content", json!({"path": "big.bin"})),
        ("read_content", json!({"path": "broken.png"})),
    ]));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_not_followed() {
    let outside = Vault::new("//- secret.txt\nsecret\n");
    let server = Server::new("//- a.txt\nplain\n");
    let vault = server.vault("main");
    std::os::unix::fs::symlink(outside.path("secret.txt"), vault.path("way.txt"))
        .expect("a link can be made");
    std::os::unix::fs::symlink(outside.root(), vault.path("out")).expect("a link can be made");
    vault.remove("a.txt");
    std::os::unix::fs::symlink(outside.path("secret.txt"), vault.path("a.txt"))
        .expect("a link can be made");
    for path in ["way.txt", "out/secret.txt", "a.txt"] {
        let reply = server.call("read_content", &json!({"path": path}));
        assert!(
            reply.starts_with("(isError)") && !reply.contains("\"text\""),
            "{path}: {reply}"
        );
    }
}

#[test]
fn fragment_21_text_of_a_note_and_not_found() {
    let server = server();
    let answer = answer(&server, &json!({"path": "notes/Tea.md"}));
    assert_eq!(answer["type"], "text");
    assert_eq!(answer["content_type"], "text/markdown; charset=utf-8");
    assert_eq!(answer["encoding"], "utf-8");
    let reply = server.call("read_content", &json!({"path": "nope/missing.md"}));
    assert!(
        reply.starts_with("(isError)\n") && reply.contains("not found"),
        "{reply}"
    );
}

fn decoded(answer: &Value) -> Vec<u8> {
    use base64::Engine as _;
    let data = answer["source"]["data"].as_str().expect("there is data");
    base64::engine::general_purpose::STANDARD
        .decode(data)
        .expect("it is base64")
}
