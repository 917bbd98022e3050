//! What the tests of the asking verbs share.

use cairn_engine::{Cancel, Engine, Project, Settings, Silent};
use cairn_testkit::Vault;
use jiff::Zoned;

pub(crate) fn open(vault: &Vault) -> Engine {
    let engine = Engine::open(Settings::in_memory("main", vault.root().to_owned()))
        .expect("an index in memory opens");
    main(&engine)
        .sync(&Silent, &Cancel::new())
        .expect("a folder of text files syncs");
    engine
}

pub(crate) fn main(engine: &Engine) -> Project<'_> {
    engine.project(None).expect("there is a default project")
}

pub(crate) fn now() -> Zoned {
    "2025-06-15T12:00:00[UTC]".parse().expect("a time")
}
