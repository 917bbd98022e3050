//! Who watches of several servers on one index, and what becomes of it.
//!
//! Nothing here waits for a time: what is expected is waited for, far longer than it takes.

use crate::legacy::Session;
use crate::server::{PATIENCE, Served, Server, options};
use cairn_engine::{
    Cancel, Engine, HistoryRequest, IndexLocation, Lead, ProjectSettings, SearchRequest, Settings,
    Silent, WatchBy, WriteRequest,
};
use cairn_note::NotePath;
use cairn_server::{Heard, HostOptions, HttpTransport, Indexing};
use cairn_testkit::Vault;
use serde_json::json;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A folder for the index, and the notes of one project.
struct Place {
    data: Vault,
    vault: Vault,
}

impl Place {
    fn new(vault: &str) -> Self {
        Self {
            data: Vault::new(""),
            vault: Vault::new(vault),
        }
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::in_memory("main", self.vault.root().to_owned());
        settings.index = IndexLocation::File(self.data.path("index.db"));
        settings
    }

    /// A server that has not begun.
    fn server(&self, options: HostOptions) -> Served {
        Served::begun(Vault::new(""), self.settings(), options)
    }

    /// A server that has begun, and what is heard of it.
    fn heard(&self) -> (Served, Ears) {
        begun(self.settings(), None)
    }
}

fn begun(settings: Settings, only: Option<&str>) -> (Served, Ears) {
    let (sender, receiver) = channel();
    let options = HostOptions {
        project: only.map(str::to_owned),
        heard: Some(sender),
        ..HostOptions::default()
    };
    let served = Served::begun(Vault::new(""), settings, options);
    served.host.start();
    (served, Ears(receiver))
}

struct Ears(Receiver<Heard>);

impl Ears {
    fn next(&self) -> Heard {
        self.0.recv_timeout(PATIENCE).expect("something is heard")
    }

    fn until(&self, wanted: impl Fn(&Heard) -> bool) -> Heard {
        let begun = Instant::now();
        loop {
            let heard = self.next();
            if wanted(&heard) {
                return heard;
            }
            assert!(begun.elapsed() < PATIENCE, "other things are heard");
        }
    }

    fn lead(&self) -> Vec<String> {
        match self.until(|heard| matches!(heard, Heard::Leads { .. })) {
            Heard::Leads { projects } => projects,
            other => unreachable!("{other:?}"),
        }
    }

    /// Waits until a file was followed.
    fn followed(&self, path: &str) {
        self.until(|heard| match heard {
            Heard::Followed { report, .. } => report
                .touched
                .iter()
                .any(|touched| touched.as_str() == path),
            _ => false,
        });
    }
}

fn wait_until(what: &str, mut test: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !test() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_indexed(served: &Served) {
    wait_until("it is indexed", || {
        served.host.indexing("main") == Some(Indexing::Complete)
    });
}

#[test]
fn one_server_watches_and_another_one_when_it_is_gone() {
    let place = Place::new("//- a.md\n# A\n");
    let (first, ears) = place.heard();
    assert_eq!(ears.lead(), ["main"]);
    let (second, others) = place.heard();
    assert_eq!(
        others.until(|heard| matches!(heard, Heard::Waits { .. })),
        Heard::Waits {
            holder: "a test".to_owned()
        }
    );
    // It looks once itself, and then leaves it to the first one.
    is_indexed(&second);
    place.vault.write("b.md", "# B\n");
    ears.followed("b.md");
    drop(first);
    assert_eq!(others.lead(), ["main"]);
    place.vault.write("c.md", "# C\n");
    others.followed("c.md");
    drop(second);
}

#[test]
fn what_changed_while_nobody_watched_is_found_by_who_takes_over() {
    let place = Place::new("//- a.md\n# A\n");
    let lock = place.data.path("watch.lock");
    let lead = Lead::take(&lock, "another process").expect("the folder is writable");
    let (served, ears) = place.heard();
    is_indexed(&served);
    place.vault.write("b.md", "# B\n");
    // It is not told of b.md: the other one leads.
    let waits = ears.until(|heard| !matches!(heard, Heard::Followed { .. }));
    assert_eq!(
        waits,
        Heard::Waits {
            holder: "another process".to_owned()
        }
    );
    drop(lead);
    ears.lead();
    ears.followed("b.md");
}

#[test]
fn who_is_kept_to_one_project_watches_all_and_speaks_of_one() {
    let place = Place::new("//- a.md\n# A\n");
    let (other, late) = (Vault::new("//- o.md\n# O\n"), Vault::new(""));
    let mut settings = place.settings();
    for (name, root) in [
        ("other", other.root().to_owned()),
        ("missing", late.path("missing")),
    ] {
        settings.projects.push(ProjectSettings {
            name: name.to_owned(),
            root,
        });
    }
    let engine = Engine::open(settings.clone()).expect("the folder is writable");
    let (served, ears) = begun(settings, Some("main"));
    assert_eq!(ears.lead(), ["main"]);
    let known = |name| {
        let project = engine.project(Some(name)).expect("it is registered");
        project.known().expect("an index is read")
    };
    wait_until("the other project is scanned", || known("other") == 1);
    other.write("p.md", "# P\n");
    wait_until("the other project is watched", || known("other") == 2);
    std::fs::create_dir(late.path("missing")).expect("the name is free");
    late.write("missing/m.md", "# M\n");
    wait_until("a project that comes is watched", || known("missing") == 1);
    place.vault.write("b.md", "# B\n");
    ears.until(|heard| {
        let Heard::Followed { project, report } = heard else {
            panic!("{heard:?}");
        };
        assert_eq!(project, "main");
        let touched = report.touched.first();
        touched.is_some_and(|path| path.as_str() == "b.md")
    });
    let engine = served.host.engine().expect("it is open");
    let reached = engine.projects().map(|project| &project.settings().name);
    assert_eq!(reached.collect::<Vec<_>>(), ["main"]);
    assert_eq!(served.said(), [""; 0], "stderr belongs to the client");
}

#[test]
fn the_client_of_a_server_that_does_not_watch_is_told_of_changes() {
    let place = Place::new("//- a.md\n# A\n\nfirst\n");
    let (leader, ears) = place.heard();
    ears.lead();
    let follower = place.server(HostOptions::default());
    follower.host.start();
    is_indexed(&follower);
    let server = Server::of(follower, options(HttpTransport::Streamable));
    let (session, _) = Session::begin(&server, "2025-11-25");
    let mut listening = session.listen();
    let uri = json!({ "uri": "memory://main/a" });
    session.request("resources/subscribe", &uri).result();
    place.vault.write("a.md", "# A\n\nsecond\n");
    let told = listening.until("notifications/resources/updated");
    assert_eq!(told["params"]["uri"], "memory://main/a");
    place.vault.write("b.md", "# B\n");
    listening.until("notifications/resources/list_changed");
    // As many files as before, and one has another name.
    place.vault.rename("b.md", "c.md");
    listening.until("notifications/resources/list_changed");
    drop(leader);
}

#[test]
fn a_server_that_polls_sees_changes_without_being_told() {
    let place = Place::new("//- a.md\n# A\n");
    let mut settings = place.settings();
    settings.watching.by = WatchBy::Scans;
    settings.watching.poll = Duration::from_millis(10);
    let (_served, ears) = begun(settings, None);
    ears.lead();
    ears.followed("a.md");
    place.vault.write("b.md", "# B\n");
    ears.followed("b.md");
}

#[test]
fn a_project_that_fails_stops_no_other_and_is_watched_when_it_can_be() {
    let place = Place::new("//- main/a.md\n# A\n");
    let mut settings = place.settings();
    settings.projects = ["lost", "main"]
        .map(|name| ProjectSettings {
            name: name.to_owned(),
            root: place.vault.path(name),
        })
        .to_vec();
    let (served, ears) = begun(settings, None);
    let failed = ears.until(|heard| matches!(heard, Heard::Failed { .. }));
    let Heard::Failed { project, message } = failed else {
        unreachable!("it was looked for");
    };
    assert_eq!(project, "lost");
    assert_eq!(served.said(), [format!("lost: {message}")]);
    place.vault.write("main/b.md", "# B\n");
    ears.followed("b.md");
    place.vault.write("lost/c.md", "# C\n");
    ears.followed("c.md");
    place.vault.write("lost/d.md", "# D\n");
    ears.followed("d.md");
}

#[test]
fn of_rapid_saves_the_last_one_is_found() {
    let place = Place::new("//- a.md\n# A\n");
    let (served, ears) = place.heard();
    ears.lead();
    ears.followed("a.md");
    // All of one length: by turns in place, and as most editors do it.
    for number in 100..200 {
        let text = format!("# A\n\nsave{number}\n");
        if number % 2 == 0 {
            place.vault.write("a.md", &text);
        } else {
            place.vault.write("a.md.tmp", &text);
            place.vault.rename("a.md.tmp", "a.md");
        }
    }
    let engine = served.host.engine().expect("it is open");
    let project = engine.project(None).expect("there is a default");
    wait_until("the last one is found", || {
        let request = SearchRequest::new("save199", jiff::Zoned::now());
        let found = project.search_notes(&request).expect("an index is read");
        found.total == 1
    });
}

#[test]
fn folders_that_are_moved_in_and_out_are_followed() {
    let place = Place::new("//- a.md\n# A\n//- folder/b.md\n# B\n//- folder/deep/c.md\n# C\n");
    let elsewhere = Vault::new("");
    let (_served, ears) = place.heard();
    ears.lead();
    ears.followed("a.md");
    let away = elsewhere.path("away");
    std::fs::rename(place.vault.path("folder"), &away).expect("both are on one disk");
    let counts = |heard: Heard| match heard {
        Heard::Followed { report, .. } => (report.new, report.moved, report.deleted),
        other => panic!("{other:?}"),
    };
    assert_eq!(counts(ears.next()), (0, 0, 2));
    std::fs::rename(&away, place.vault.path("back")).expect("both are on one disk");
    assert_eq!(counts(ears.next()), (2, 0, 0));
    // It is watched where it is now.
    place.vault.write("back/deep/d.md", "# D\n");
    ears.followed("back/deep/d.md");
    place.vault.rename("back", "inside");
    assert_eq!(counts(ears.next()), (0, 3, 0));
}

#[test]
fn a_lock_that_cannot_be_used_is_named_and_the_server_watches() {
    let place = Place::new("//- a.md\n# A\n");
    std::fs::create_dir(place.data.path("watch.lock")).expect("the name is free");
    let (served, ears) = place.heard();
    ears.lead();
    let [said] = &served.said()[..] else {
        panic!("{:?}", served.said());
    };
    assert!(
        said.contains("watch.lock") && said.ends_with("follows the folders by itself"),
        "{said}"
    );
    ears.followed("a.md");
    place.vault.write("b.md", "# B\n");
    ears.followed("b.md");
}

#[test]
fn a_lock_that_was_removed_is_taken_anew() {
    let place = Place::new("//- a.md\n# A\n");
    let lock = place.data.path("watch.lock");
    let (_served, ears) = place.heard();
    ears.lead();
    std::fs::remove_file(&lock).expect("it is there");
    wait_until("it leads by another file", || {
        Lead::holder(&lock).as_deref() == Some("a test")
    });
    place.vault.write("b.md", "# B\n");
    ears.followed("b.md");
}

#[test]
fn a_server_that_is_set_not_to_watch_leaves_it_to_others() {
    let place = Place::new("//- a.md\n# A\n");
    let mut settings = place.settings();
    settings.watching.by = WatchBy::Nothing;
    let idle = Served::begun(Vault::new(""), settings.clone(), HostOptions::default());
    idle.host.start();
    is_indexed(&idle);
    // Who asks to hear of it wants it all the same.
    let (_served, ears) = begun(settings, None);
    assert_eq!(ears.lead(), ["main"]);
}

#[test]
fn what_this_process_writes_is_one_revision_and_no_news() {
    let place = Place::new("//- a.md\n# A\n");
    let (served, ears) = place.heard();
    ears.lead();
    is_indexed(&served);
    let engine = served.host.engine().expect("it is open");
    let project = engine.project(None).expect("there is a default");
    let request = WriteRequest {
        title: "New".to_owned(),
        content: "text".to_owned(),
        ..WriteRequest::default()
    };
    project.write_note(&request).expect("the note is new");
    place.vault.write("b.md", "# B\n");
    ears.until(|heard| match heard {
        Heard::Followed { report, .. } => {
            let touched: Vec<_> = report.touched.iter().map(NotePath::as_str).collect();
            assert!(!touched.contains(&"New.md"), "{touched:?}");
            touched.contains(&"b.md")
        }
        _ => false,
    });
    let request = HistoryRequest {
        identifier: "New".to_owned(),
        before: None,
        limit: 10,
    };
    let history = project.note_history(&request).expect("it has one");
    assert_eq!(history.revisions.len(), 1, "{history:?}");
    // A sync finds nothing either.
    let report = project.sync(&Silent, &Cancel::new()).expect("it is there");
    assert_eq!(report.unchanged, 3);
}
