//! Who the server is and what it can.

use crate::support::{ERAS, Era, Served, connect};
use cairn_engine::Settings;
use cairn_server::{Diagnostics, Home, HomeError, Host, HostOptions};
use jiff::Zoned;
use rmcp::model::ProtocolVersion;
use serde_json::json;
use std::path::Path;

#[tokio::test]
async fn it_says_who_it_is_and_what_it_can() {
    let served = Served::new(&[("main", "")]);
    for era in ERAS {
        let client = served.connect(era).await;
        let info = client.peer_info().expect("it introduced itself");
        let server = info.server_info.clone().expect("it has a name");
        assert_eq!(server.name, "cairn", "{era:?}");
        assert_eq!(server.title.as_deref(), Some("Cairn"));
        assert_eq!(server.version, env!("CARGO_PKG_VERSION"));
        let icons = server.icons.as_deref().unwrap_or_default();
        assert!(icons[0].src.starts_with("data:image/svg+xml"), "{icons:?}");
        let capabilities = serde_json::to_value(&info.capabilities).expect("it is JSON");
        assert_eq!(capabilities["completions"], json!({}));
        assert_eq!(capabilities["resources"]["subscribe"], true);
        assert_eq!(capabilities["resources"]["listChanged"], true);
        for one in ["tools", "prompts", "logging"] {
            assert!(capabilities[one].is_object(), "{one}: {capabilities}");
        }
    }
}

#[tokio::test]
async fn each_era_gets_its_version() {
    let served = Served::new(&[("main", "")]);
    for (era, version) in [
        (Era::Legacy, ProtocolVersion::V_2025_11_25),
        (Era::Stateless, ProtocolVersion::V_2026_07_28),
    ] {
        let client = served.connect(era).await;
        let info = client.peer_info().expect("it introduced itself");
        assert_eq!(info.protocol_version, version, "{era:?}");
    }
}

#[tokio::test]
async fn instructions_tell_how_to_begin() {
    let served = Served::new(&[("main", "")]);
    for era in ERAS {
        let client = served.connect(era).await;
        let info = client.peer_info().expect("it introduced itself");
        let said = info.instructions.clone().expect("there are instructions");
        for fragment in [
            "Cairn",
            "recent_activity",
            "write_note",
            "unprompted",
            "memory://ai_assistant_guide",
        ] {
            assert!(said.contains(fragment), "{fragment}: {said}");
        }
        assert!(said.len() < 800, "every session pays for them");
    }
}

/// A machine whose settings nobody ever gets to see.
struct Stuck;

impl Home for Stuck {
    fn settings(&self) -> Result<Settings, HomeError> {
        loop {
            std::thread::park();
        }
    }

    fn changed(&self) -> bool {
        false
    }

    fn add_project(&self, _: &str, _: &Path, _: bool) -> Result<(), HomeError> {
        self.settings().map(|_| ())
    }

    fn remove_project(&self, _: &str) -> Result<(), HomeError> {
        self.settings().map(|_| ())
    }

    fn now(&self) -> Zoned {
        Zoned::now()
    }

    fn diagnostics(&self) -> Diagnostics {
        Diagnostics::default()
    }
}

#[tokio::test]
async fn nothing_is_opened_to_introduce_oneself() {
    for era in ERAS {
        let host = Host::new(Stuck, HostOptions::default());
        let client = connect(host, era).await;
        assert!(!client.list_all_tools().await.expect("a list").is_empty());
        assert_eq!(client.list_all_prompts().await.expect("a list").len(), 4);
        let templates = client.list_all_resource_templates().await;
        assert_eq!(templates.expect("a list").len(), 3, "{era:?}");
    }
}
