//! What the tests of moves that update links share.

use cairn_engine::{
    Cancel, Engine, MoveRequest, Moved, MovedLinks, Project, Settings, Silent, UndoRequest,
    UpdateLinks,
};
use cairn_testkit::Vault;

pub(crate) fn open(vault: &Vault) -> Engine {
    let engine = Engine::open(Settings::in_memory("main", vault.root().to_owned()))
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

pub(crate) fn request(from: &str, to: &str) -> MoveRequest {
    MoveRequest {
        identifier: from.to_owned(),
        destination: to.to_owned(),
        update_links: UpdateLinks::Yes,
        dry_run: false,
    }
}

pub(crate) fn moved(engine: &Engine, request: &MoveRequest) -> Moved {
    main(engine)
        .move_note_as(request, &Silent, &Cancel::new())
        .expect("nothing is in the way")
}

/// Takes the last change back.
pub(crate) fn undo(engine: &Engine) {
    let undone = main(engine)
        .undo(&UndoRequest::default(), &Silent, &Cancel::new())
        .expect("there is a change");
    assert_eq!(undone.conflicts, []);
}

/// `note:line old -> new`, and the broken links as `note old -> nothing`.
pub(crate) fn said(links: &MovedLinks) -> Vec<String> {
    let edits = links
        .edits
        .iter()
        .map(|edit| format!("{}:{} {} -> {}", edit.path, edit.line, edit.old, edit.new));
    let broken = links
        .broken
        .iter()
        .map(|broken| format!("{} {} -> nothing", broken.path, broken.link));
    let failed = links
        .failed
        .iter()
        .map(|fault| format!("{}: {}", fault.path, fault.message));
    edits.chain(broken).chain(failed).collect()
}
