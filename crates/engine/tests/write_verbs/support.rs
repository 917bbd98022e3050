//! What the tests of the writing verbs share.

use cairn_engine::{
    Cancel, ContextRequest, EditRequest, Engine, Overwrite, Project, ReadRequest, SearchRequest,
    Settings, Silent, WriteRequest,
};
use cairn_note::Metadata;
use cairn_note::edit::Edit;
use cairn_testkit::Vault;
use jiff::Zoned;

pub(crate) fn open(vault: &Vault) -> Engine {
    opened(vault, |settings| settings)
}

pub(crate) fn opened(vault: &Vault, change: impl FnOnce(Settings) -> Settings) -> Engine {
    let engine = Engine::open(change(Settings::in_memory("main", vault.root().to_owned())))
        .expect("an index in memory opens");
    sync(&engine);
    engine
}

pub(crate) fn sync(engine: &Engine) {
    for project in engine.projects() {
        project
            .sync(&Silent, &Cancel::new())
            .expect("a folder of text files syncs");
    }
}

pub(crate) fn main(engine: &Engine) -> Project<'_> {
    engine.project(None).expect("there is a default project")
}

pub(crate) fn request(title: &str, folder: &str, content: &str) -> WriteRequest {
    WriteRequest {
        title: title.into(),
        folder: folder.into(),
        content: content.into(),
        ..WriteRequest::default()
    }
}

pub(crate) fn replacing(title: &str, folder: &str, content: &str) -> WriteRequest {
    WriteRequest {
        overwrite: Overwrite::Allow,
        ..request(title, folder, content)
    }
}

pub(crate) fn metadata(json: &str) -> Metadata {
    serde_json::from_str(json).expect("a JSON object")
}

pub(crate) fn append(identifier: &str, content: &str) -> EditRequest {
    EditRequest {
        identifier: identifier.into(),
        edit: Some(Edit::Append {
            content: content.into(),
        }),
        metadata: Metadata::new(),
        base: None,
    }
}

pub(crate) fn found(engine: &Engine, query: &str) -> Vec<String> {
    let now: Zoned = "2025-06-15T12:00:00[UTC]".parse().expect("a time");
    let request = SearchRequest::new(query, now);
    let reply = main(engine)
        .search_notes(&request)
        .expect("a search never fails");
    reply
        .hits
        .into_iter()
        .map(|hit| hit.note.path.to_string())
        .collect()
}

pub(crate) fn base(engine: &Engine, identifier: &str) -> String {
    let request = ReadRequest {
        identifier: identifier.into(),
        ..ReadRequest::default()
    };
    main(engine)
        .read_note(&request)
        .expect("the note is there")
        .checksum
}

/// Resolved and unresolved relations of a note.
pub(crate) fn relations(engine: &Engine, identifier: &str) -> (usize, usize) {
    let now: Zoned = "2025-06-15T12:00:00[UTC]".parse().expect("a time");
    let request = ContextRequest {
        url: identifier.into(),
        depth: 0,
        timeframe: None,
        page: 1,
        page_size: 1,
        max_related: 0,
        now,
    };
    let context = main(engine).build_context(&request).expect("it is there");
    let relations = &context.items[0].relations;
    let resolved = relations
        .iter()
        .filter(|relation| relation.resolved.is_some())
        .count();
    (resolved, relations.len() - resolved)
}
