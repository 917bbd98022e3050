//! Fixture resources.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{ReadResourceResult, Resource, ResourceTemplate};
use serde_json::json;

/// One red pixel.
pub(crate) const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 8,
    0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E',
    b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// Returns the pixel as it goes over the wire.
pub(crate) fn pixel() -> String {
    STANDARD.encode(PIXEL)
}

pub(crate) fn list() -> Vec<Resource> {
    [
        ("test://static-text", "static text", "text/plain"),
        ("test://static-binary", "static binary", "image/png"),
        ("test://watched-resource", "watched", "text/plain"),
    ]
    .map(|(uri, name, kind)| {
        Resource::new(uri, name)
            .with_description("A fixture")
            .with_mime_type(kind)
    })
    .into()
}

pub(crate) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new("test://template/{id}/data", "template")
            .with_description("A fixture")
            .with_mime_type("application/json"),
    ]
}

pub(crate) fn read(uri: &str) -> Option<ReadResourceResult> {
    let id = uri
        .strip_prefix("test://template/")
        .and_then(|rest| rest.strip_suffix("/data"));
    let content = match (uri, id) {
        ("test://static-text", _) => json!({
            "uri": uri, "mimeType": "text/plain",
            "text": "This is the content of the static text resource.",
        }),
        ("test://static-binary", _) => {
            json!({ "uri": uri, "mimeType": "image/png", "blob": pixel() })
        }
        ("test://watched-resource", _) => {
            json!({ "uri": uri, "mimeType": "text/plain", "text": "Watched." })
        }
        (_, Some(id)) => json!({
            "uri": uri, "mimeType": "application/json",
            "text": json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") }).to_string(),
        }),
        _ => return None,
    };
    let content = serde_json::from_value(content).expect("a fixture has the shape of contents");
    Some(ReadResourceResult::new(vec![content]))
}
