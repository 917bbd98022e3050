//! Every verb on a disk that was taken away: an empty folder is left where the notes were.

use super::verbs::{VAULT, VERBS};
use crate::{Cancel, Engine, Kind, Settings, Silent};
use cairn_history::Filter;
use cairn_testkit::Vault;
use std::fmt::Write as _;
use std::fs;

#[test]
fn nothing_is_written_forgotten_or_told_where_a_disk_was_taken_away() {
    // An empty folder is believed where few notes were known.
    let many = (0..60).fold(VAULT.to_owned(), |mut text, number| {
        let _ = writeln!(text, "//- many/{number}.md\n{number}");
        text
    });
    for verb in VERBS {
        let (vault, aside) = (Vault::new(&many), Vault::new(""));
        let engine = Engine::open(Settings::in_memory("main", vault.root().to_owned()));
        let engine = engine.expect("it opens");
        let project = engine.project(None).expect("there is one");
        let sync = || project.sync(&Silent, &Cancel::new());
        sync().expect("it syncs");
        (verb.begin)(project);
        let told = || {
            let revisions = engine.history.revisions(&Filter::default(), 1000);
            revisions.expect("it can be asked")
        };
        let (before, told_before) = (vault.snapshot(), told());

        let place = aside.path("disk");
        fs::rename(vault.root(), &place).expect("it can be moved");
        fs::create_dir(vault.root()).expect("nothing is there");
        let failures = (verb.run)(project);
        assert!(!failures.is_empty(), "{}: nothing was said", verb.name);
        for failure in &failures {
            assert!(
                failure.kind.is_none_or(|kind| kind == Kind::Io)
                    && failure.message.contains("files of it are known"),
                "{}: {failure:?}",
                verb.name
            );
        }
        assert_eq!(vault.files(), [], "{}", verb.name);
        if let Ok(report) = sync() {
            assert_eq!(report.deleted, 0, "{}", verb.name);
        }

        fs::remove_dir_all(vault.root()).expect("it is ours");
        fs::rename(&place, vault.root()).expect("nothing is there");
        let report = sync().expect("it syncs");
        assert_eq!((report.new, report.deleted), (0, 0), "{}", verb.name);
        assert!(vault.snapshot() == before, "{}", verb.name);
        assert_eq!(told(), told_before, "{}", verb.name);
        let again = (verb.run)(project);
        assert!(again.is_empty(), "{}: {again:?}", verb.name);
    }
}
