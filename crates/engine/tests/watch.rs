//! What a watch sees, and what following it does.

use cairn_engine::{
    Cancel, Engine, Followed, IndexLocation, ProjectSettings, Settings, Silent, Watch, WatchBy,
    Watched, Watching, WriteRequest,
};
use cairn_testkit::Vault;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Far longer than any watch needs: reached only when nothing comes.
const PATIENCE: Duration = Duration::from_secs(20);

fn engine(vaults: &[(&str, &Vault)]) -> Engine {
    let (name, vault) = vaults[0];
    let mut settings = Settings::in_memory(name, vault.root().to_owned());
    settings.projects = vaults
        .iter()
        .map(|(name, vault)| ProjectSettings {
            name: (*name).to_owned(),
            root: vault.root().to_owned(),
        })
        .collect();
    let engine = Engine::open(settings).expect("an index in memory opens");
    for project in engine.projects() {
        project
            .sync(&Silent, &Cancel::new())
            .expect("the vault is there");
    }
    engine
}

fn watched(vault: &Vault, paths: &[&str]) -> Watched {
    Watched {
        project: "main".to_owned(),
        paths: paths.iter().map(|path| vault.path(path)).collect(),
        overflow: false,
    }
}

fn follow(engine: &Engine, watched: &Watched) -> Followed {
    engine
        .project(Some(&watched.project))
        .expect("the project is there")
        .follow(watched, &Cancel::new())
        .expect("the folder can be listed")
}

/// The report of a follow: new, modified, moved, deleted.
fn counts(followed: &Followed) -> Option<(usize, usize, usize, usize)> {
    let report = followed.report.as_ref()?;
    Some((report.new, report.modified, report.moved, report.deleted))
}

fn seen(projects: Vec<(String, PathBuf)>) -> (Watch, Vec<String>, Receiver<Watched>) {
    seen_by(&Watching::default(), projects)
}

fn seen_by(
    how: &Watching,
    projects: Vec<(String, PathBuf)>,
) -> (Watch, Vec<String>, Receiver<Watched>) {
    let (sender, receiver) = channel();
    let sender = Mutex::new(sender);
    let (watch, failed) = Watch::start(projects, how, move |watched| {
        // The test may be over.
        drop(sender.lock().expect("nobody panicked").send(watched));
    });
    let failed = failed
        .into_iter()
        .map(|(project, error)| format!("{project}: {error}"))
        .collect();
    (watch, failed, receiver)
}

#[test]
fn what_this_process_wrote_is_no_news() {
    let vault = Vault::new("//- a.md\n# A\n");
    let engine = engine(&[("main", &vault)]);
    let project = engine.project(None).expect("there is a default");
    let request = WriteRequest {
        title: "New".to_owned(),
        folder: "deep/er".to_owned(),
        content: "text".to_owned(),
        ..WriteRequest::default()
    };
    project.write_note(&request).expect("the note is new");
    let followed = follow(
        &engine,
        &watched(&vault, &["deep", "deep/er", "deep/er/New.md", "a.md"]),
    );
    assert_eq!(followed.report, None);
    assert_eq!(project.known().expect("it is counted"), 2);
}

#[test]
fn outside_changes_are_news() {
    let vault = Vault::new("//- a.md\n# A\n//- folder/b.md\n# B\n//- folder/c.md\n# C\n");
    let engine = engine(&[("main", &vault)]);
    vault.write("a.md", "# A, longer\n");
    assert_eq!(
        counts(&follow(&engine, &watched(&vault, &["a.md"]))),
        Some((0, 1, 0, 0))
    );
    vault.write("new/deep/d.md", "# D\n");
    // Only the folder is told of: what came with it is found.
    assert_eq!(
        counts(&follow(&engine, &watched(&vault, &["new"]))),
        Some((1, 0, 0, 0))
    );
    std::fs::rename(vault.path("folder"), vault.path("moved")).expect("it can be renamed");
    let before = follow(&engine, &watched(&vault, &["a.md"])).listed;
    let followed = follow(&engine, &watched(&vault, &["folder", "moved"]));
    assert_eq!(counts(&followed), Some((0, 0, 2, 0)));
    // Other paths, as many as before.
    let moved = followed.listed;
    assert_ne!(moved, before);
    vault.remove("a.md");
    let followed = follow(&engine, &watched(&vault, &["a.md"]));
    assert_eq!(counts(&followed), Some((0, 0, 0, 1)));
    assert_ne!(followed.listed, moved);
    let project = engine.project(None).expect("there is a default");
    assert_eq!(project.known().expect("it is counted"), 3);
}

#[test]
fn what_is_not_looked_at_is_no_news() {
    let vault = Vault::new("//- .gitignore\nbuild/\n//- a.md\n# A\n");
    let engine = engine(&[("main", &vault)]);
    vault.write("build/out.md", "# Out\n");
    vault.write("a.md.swp", "x");
    let quiet = watched(
        &vault,
        &["build", "build/out.md", "a.md.swp", "gone.md", "a.md"],
    );
    assert_eq!(follow(&engine, &quiet).report, None);
    vault.write(".gitignore", "a.md\n");
    // Other rules show and hide other files.
    assert_eq!(
        counts(&follow(&engine, &watched(&vault, &[".gitignore"]))),
        Some((1, 0, 0, 1))
    );
}

#[test]
fn lost_events_are_made_up_for() {
    let vault = Vault::new("//- a.md\n# A\n");
    let engine = engine(&[("main", &vault)]);
    vault.write("b.md", "# B\n");
    let lost = Watched {
        overflow: true,
        ..watched(&vault, &[])
    };
    assert_eq!(counts(&follow(&engine, &lost)), Some((1, 0, 0, 0)));
}

#[test]
fn a_watch_tells_of_writes_renames_and_deletions_in_old_and_new_folders() {
    let vault = Vault::new("//- a.md\n# A\n//- folder/b.md\n# B\n");
    let (_watch, failed, receiver) = seen(vec![("main".to_owned(), vault.root().to_owned())]);
    assert_eq!(failed, Vec::<String>::new());
    let next = |path: &str| {
        let wanted = vault.path(path);
        loop {
            let watched = receiver
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("{path} is told of"));
            assert_eq!(
                (watched.project.as_str(), watched.overflow),
                ("main", false)
            );
            if watched.paths.contains(&wanted) {
                return;
            }
        }
    };
    vault.write("a.md", "# A, longer\n");
    next("a.md");
    vault.rename("folder/b.md", "folder/c.md");
    next("folder/c.md");
    vault.remove("folder/c.md");
    next("folder/c.md");
    vault.write("new/d.md", "# D\n");
    next("new");
    vault.write("new/e.md", "# E\n");
    next("new/e.md");
}

#[test]
fn a_folder_that_cannot_be_watched_stops_no_other() {
    let vault = Vault::new("//- a.md\n# A\n");
    let (_watch, failed, receiver) = seen(vec![
        ("lost".to_owned(), vault.path("no/such/folder")),
        ("main".to_owned(), vault.root().to_owned()),
    ]);
    assert_eq!(failed.len(), 1);
    assert!(failed[0].starts_with("lost: cannot watch "), "{failed:?}");
    vault.write("a.md", "# A, longer\n");
    let watched = receiver.recv_timeout(PATIENCE).expect("it is told of");
    assert_eq!(watched.project, "main");
}

#[cfg(unix)]
#[test]
fn a_project_behind_a_symbolic_link_is_watched_under_its_own_name() {
    let vault = Vault::new("//- real/a.md\n# A\n//- elsewhere/b.md\n# B\n");
    std::os::unix::fs::symlink(vault.path("real"), vault.path("link")).expect("a link is made");
    std::os::unix::fs::symlink(vault.path("elsewhere"), vault.path("real/inner"))
        .expect("a link is made");
    let (_watch, _, receiver) = seen(vec![("main".to_owned(), vault.path("link"))]);
    // A link below the root is not followed, as in a listing.
    vault.write("elsewhere/b.md", "# B, longer\n");
    vault.write("real/a.md", "# A, longer\n");
    let watched = receiver.recv_timeout(PATIENCE).expect("it is told of");
    assert_eq!(watched.paths, [vault.path("link/a.md")]);
}

#[test]
fn a_dropped_watch_tells_nothing() {
    let vault = Vault::new("//- a.md\n# A\n");
    let (watch, _, receiver) = seen(vec![("main".to_owned(), vault.root().to_owned())]);
    drop(watch);
    vault.write("a.md", "# A, longer\n");
    // The thread ends, and with it the sender.
    assert!(
        receiver.recv_timeout(PATIENCE).is_err(),
        "nothing is told of"
    );
}

#[test]
fn a_folder_of_which_nothing_is_told_is_scanned_again_and_again() {
    let vault = Vault::new("//- a.md\n# A\n");
    let how = Watching {
        by: WatchBy::Scans,
        scan: Duration::from_secs(100_000),
        poll: Duration::from_millis(10),
    };
    let (_watch, failed, receiver) =
        seen_by(&how, vec![("main".to_owned(), vault.root().to_owned())]);
    assert_eq!(failed, Vec::<String>::new());
    let engine = engine(&[("main", &vault)]);
    vault.write("a.md", "# A, longer\n");
    loop {
        let watched = receiver.recv_timeout(PATIENCE).expect("it is time to scan");
        assert!(watched.overflow && watched.paths.is_empty());
        if counts(&follow(&engine, &watched)) == Some((0, 1, 0, 0)) {
            break;
        }
    }
}

#[test]
fn who_watches_where_servers_are_set_not_to_is_told_of_changes() {
    let vault = Vault::new("//- a.md\n# A\n");
    let never = Duration::from_secs(100_000);
    let how = Watching {
        by: WatchBy::Nothing,
        scan: never,
        poll: never,
    };
    let (_watch, failed, receiver) =
        seen_by(&how, vec![("main".to_owned(), vault.root().to_owned())]);
    assert_eq!(failed, Vec::<String>::new());
    vault.write("a.md", "# A, longer\n");
    let watched = receiver.recv_timeout(PATIENCE).expect("the system tells");
    assert_eq!(watched.paths, [vault.path("a.md")]);
}

#[test]
fn a_watched_folder_is_scanned_from_time_to_time() {
    let vault = Vault::new("//- a.md\n# A\n");
    let how = Watching {
        scan: Duration::from_millis(10),
        ..Watching::default()
    };
    let (_watch, _, receiver) = seen_by(&how, vec![("main".to_owned(), vault.root().to_owned())]);
    for _ in 0..2 {
        let watched = receiver.recv_timeout(PATIENCE).expect("it is time to scan");
        assert!(watched.overflow);
    }
}

#[test]
fn a_folder_that_went_and_came_back_is_another_one() {
    let (vault, elsewhere) = (Vault::new("//- in/a.md\n# A\n"), Vault::new(""));
    let projects = vec![
        ("main".to_owned(), vault.path("in")),
        ("late".to_owned(), vault.path("late")),
    ];
    let (watch, failed, _) = seen(projects);
    assert!(failed[0].starts_with("late: cannot watch "), "{failed:?}");
    assert_eq!(watch.replaced(), Vec::<String>::new());
    let moved = elsewhere.path("in");
    std::fs::rename(vault.path("in"), &moved).expect("both are on one disk");
    assert_eq!(watch.replaced(), Vec::<String>::new(), "it is not there");
    std::fs::rename(&moved, vault.path("in")).expect("both are on one disk");
    assert_eq!(watch.replaced(), ["main"], "though it is the very same");
    std::fs::create_dir(vault.path("late")).expect("the name is free");
    assert_eq!(watch.replaced(), ["main", "late"]);
}

#[test]
fn a_project_that_keeps_its_thread_busy_holds_up_no_other() {
    let (slow, quick) = (Vault::new(""), Vault::new(""));
    let ((sender, receiver), (go, may_go)) = (channel(), channel::<()>());
    let (sender, may_go) = (Mutex::new(sender), Mutex::new(may_go));
    let projects = vec![
        ("slow".to_owned(), slow.root().to_owned()),
        ("quick".to_owned(), quick.root().to_owned()),
    ];
    let (_watch, _) = Watch::start(projects, &Watching::default(), move |watched| {
        let told = sender.lock().expect("nobody panicked");
        drop(told.send(watched.project.clone()));
        drop(told);
        if watched.project == "slow" {
            // Until the test is over.
            let may_go = may_go.lock().expect("nobody panicked");
            may_go.recv().expect_err("nothing is sent");
        }
    });
    let next = || receiver.recv_timeout(PATIENCE).expect("it is told of");
    slow.write("a.md", "# A\n");
    assert_eq!(next(), "slow");
    quick.write("a.md", "# A\n");
    assert_eq!(next(), "quick");
    drop(go);
}

#[test]
fn what_another_process_does_changes_the_stamp_and_what_this_one_does_does_not() {
    let (vault, data) = (Vault::new("//- a.md\n# A\n"), Vault::new(""));
    let open = || {
        let mut settings = Settings::in_memory("main", vault.root().to_owned());
        settings.index = IndexLocation::File(data.path("index.db"));
        Engine::open(settings).expect("the folder is writable")
    };
    let (one, other) = (open(), open());
    let sync = |engine: &Engine| {
        let project = engine.project(None).expect("there is a default");
        project.sync(&Silent, &Cancel::new()).expect("it is there");
        project.listed().expect("an index is read")
    };
    let stamps = || [&one, &other].map(|engine| engine.stamp().expect("an index is read"));
    let before = stamps();
    let listed = sync(&one);
    let after = stamps();
    assert_eq!(after[0], before[0]);
    assert_ne!(after[1], before[1]);
    assert_eq!(stamps(), after);
    // Nothing to do is no change.
    assert_eq!(sync(&other), listed);
    assert_eq!(stamps(), after);
    assert_eq!(one.watch_lock(), Some(data.path("watch.lock")));
}
