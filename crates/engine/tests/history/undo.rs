//! What an undo keeps of others, and how it finds notes.

use crate::support::{
    Desk, append, main, replace, revisions, sync, tick, told, undo, undo_last, write,
};
use cairn_engine::{Cancel, Silent, UndoRequest, Undone};
use jiff::Timestamp;

fn by(actor: &str, since: Timestamp) -> UndoRequest {
    UndoRequest {
        actor: Some(actor.to_owned()),
        since: Some(since),
        ..UndoRequest::default()
    }
}

fn paths(undone: &Undone) -> (Vec<&str>, Vec<&str>) {
    (
        undone
            .undone
            .iter()
            .map(|revision| revision.path.as_str())
            .collect(),
        undone
            .conflicts
            .iter()
            .map(|fault| fault.path.as_str())
            .collect(),
    )
}

#[test]
fn what_one_actor_did_since_a_time_goes_and_the_rest_stays() {
    let desk = Desk::new("//- Tea.md\ntop\nmiddle\nend\n//- Milk.md\nmilk\n");
    let engine = desk.synced();
    let (agent, person) = (
        main(&engine).acting("agent"),
        main(&engine).acting("person"),
    );
    replace(agent, "Tea", "end\n", "end\nlong ago\n");
    let since = tick();
    replace(agent, "Tea", "top\n", "top\nagent 1\n");
    replace(person, "Tea", "middle\n", "person 1\nMIDDLE\n");
    replace(agent, "Tea", "end\n", "");
    append(person, "Milk", "person 2\n");
    write(agent, "New", "agent\n");
    agent.delete_note("Milk").expect("it is there");
    let request = by("agent", since);
    let before = desk.vault.snapshot();
    let dry = undo(
        person,
        &UndoRequest {
            dry_run: true,
            ..request.clone()
        },
    );
    assert!(desk.vault.snapshot() == before);
    let undone = undo(person, &request);
    assert_eq!(
        (&dry.undone, &dry.conflicts),
        (&undone.undone, &undone.conflicts)
    );
    assert_eq!(
        paths(&undone),
        (vec!["Milk.md", "New.md", "Tea.md", "Tea.md"], vec![])
    );
    assert_eq!(
        desk.vault.read("Tea.md"),
        "top\nperson 1\nMIDDLE\nend\nlong ago\n"
    );
    assert!(desk.vault.read("Milk.md").contains("person 2"));
    assert!(!desk.vault.has("New.md"));
    // It is the person's change now, and all of it is one.
    assert!(told(&engine, "Tea")[0].starts_with("undo person"));
    undo_last(person);
    assert!(desk.vault.snapshot() == before);
}

#[test]
fn what_others_changed_in_the_same_place_is_left_and_named() {
    let desk = Desk::new("//- Tea.md\na\nb\nc\n//- Milk.md\nm\n");
    let engine = desk.synced();
    let (agent, person) = (
        main(&engine).acting("agent"),
        main(&engine).acting("person"),
    );
    let since = tick();
    replace(agent, "Tea", "b\n", "B\n");
    replace(agent, "Milk", "m\n", "M\n");
    replace(person, "Tea", "B\n", "mine\n");
    let undone = undo(main(&engine), &by("agent", since));
    assert_eq!(paths(&undone), (vec!["Milk.md"], vec!["Tea.md"]));
    assert_eq!(
        undone.conflicts[0].message,
        "it was changed since in the same place"
    );
    assert_eq!(desk.vault.read("Tea.md"), "a\nmine\nc\n");
    assert_eq!(desk.vault.read("Milk.md"), "m\n");
}

#[test]
fn a_note_is_found_where_it_is_now() {
    let desk = Desk::new("//- Tea.md\na\nb\nc\n");
    let engine = desk.synced();
    let (agent, person) = (
        main(&engine).acting("agent"),
        main(&engine).acting("person"),
    );
    let since = tick();
    replace(agent, "Tea", "a\n", "A\n");
    person
        .move_note("Tea", "deep/Tea")
        .expect("nothing is there");
    replace(agent, "Tea", "b\n", "B\n");
    desk.vault.rename("deep/Tea.md", "else/Green.md");
    sync(&engine);
    // Somebody else's note is where it was.
    write(person, "Tea", "another\n");
    let another = desk.vault.read("Tea.md");
    let undone = undo(person, &by("agent", since));
    assert_eq!(undone.conflicts, []);
    assert_eq!(undone.undone.len(), 2);
    assert_eq!(desk.vault.read("else/Green.md"), "a\nb\nc\n");
    assert_eq!(desk.vault.read("Tea.md"), another);
    assert_eq!(
        told(&engine, "else/Green.md"),
        [
            "undo person else/Green.md",
            "external external deep/Tea.md > else/Green.md",
            "edit agent deep/Tea.md",
            "move person Tea.md > deep/Tea.md",
            "edit agent Tea.md",
        ]
    );
    assert_eq!(told(&engine, "Tea.md"), ["create person Tea.md"]);
}

#[test]
fn moves_there_and_back_are_undone() {
    let desk = Desk::new("//- A.md\na\n//- B.md\nb\n");
    let engine = desk.synced();
    let agent = main(&engine).acting("agent");
    let since = tick();
    // Two notes change places.
    for (from, to) in [("A", "C"), ("B", "A"), ("C", "B")] {
        agent
            .move_note(&format!("{from}.md"), to)
            .expect("nothing is there");
    }
    assert_eq!(desk.vault.read("A.md"), "b\n");
    let dry = undo(
        agent,
        &UndoRequest {
            dry_run: true,
            ..by("agent", since)
        },
    );
    assert_eq!(dry.conflicts, []);
    let undone = undo(main(&engine), &by("agent", since));
    assert_eq!(undone.conflicts, []);
    assert_eq!(
        (desk.vault.read("A.md"), desk.vault.read("B.md")),
        ("a\n".into(), "b\n".into())
    );
    undo_last(main(&engine));
    assert_eq!(
        (desk.vault.read("A.md"), desk.vault.read("B.md")),
        ("b\n".into(), "a\n".into())
    );
}

#[test]
fn a_move_is_not_undone_over_another_note_or_another_move() {
    let desk = Desk::new("//- A.md\na\n//- B.md\nb\n");
    let engine = desk.synced();
    let (agent, person) = (
        main(&engine).acting("agent"),
        main(&engine).acting("person"),
    );
    let since = tick();
    agent.move_note("A.md", "x/A").expect("nothing is there");
    agent.move_note("B.md", "x/B").expect("nothing is there");
    write(person, "A", "taken\n");
    person.move_note("x/B.md", "y/B").expect("nothing is there");
    let before = desk.vault.snapshot();
    for dry_run in [true, false] {
        let undone = undo(
            person,
            &UndoRequest {
                dry_run,
                ..by("agent", since)
            },
        );
        assert_eq!(paths(&undone), (vec![], vec!["x/B.md", "x/A.md"]));
        assert_eq!(undone.conflicts[0].message, "it was moved since, to y/B.md");
        assert_eq!(undone.conflicts[1].message, "A.md already exists");
        assert!(desk.vault.snapshot() == before);
    }
}

#[test]
fn undoing_twice_does_nothing_more() {
    let desk = Desk::new("//- Tea.md\na\n//- Milk.md\nm\n");
    let engine = desk.synced();
    let agent = main(&engine).acting("agent");
    let since = tick();
    replace(agent, "Tea", "a\n", "A\n");
    write(agent, "New", "new\n");
    agent.delete_note("Milk").expect("it is there");
    agent.move_note("Tea", "Green").expect("nothing is there");
    let person = main(&engine).acting("person");
    undo(person, &by("agent", since));
    let before = desk.vault.snapshot();
    let again = undo(person, &by("agent", since));
    assert_eq!(again, Undone::default());
    assert!(desk.vault.snapshot() == before);
}

#[test]
fn a_note_made_after_a_deletion_at_its_place_is_another_note() {
    let desk = Desk::new("//- Tea.md\nfirst\n");
    let engine = desk.synced();
    let project = main(&engine);
    append(project, "Tea", "x");
    project
        .move_note("Tea", "old/Tea")
        .expect("nothing is there");
    project.delete_note("old/Tea").expect("it is there");
    // The index makes the same id of the same path again.
    write(project, "Tea", "second\n");
    assert_eq!(told(&engine, "Tea.md"), ["create cairn Tea.md"]);
    let trash = project.trash().expect("it can be asked");
    assert_eq!(trash.len(), 1, "what was deleted is still in the trash");
    assert_eq!(crate::support::restore(project, "old/Tea.md", None), 1);
    assert!(desk.vault.read("old/Tea.md").starts_with("first"));
    assert_eq!(revisions(&engine, "old/Tea.md").len(), 4);
}

#[test]
fn no_change_is_no_change_to_undo() {
    let desk = Desk::new("//- Tea.md\na\n");
    let engine = desk.synced();
    let error = main(&engine).undo(&UndoRequest::default(), &Silent, &Cancel::new());
    let error = error.expect_err("nothing was changed");
    assert_eq!(error.to_string(), "there is no change to undo");
}

#[test]
fn whoever_names_nobody_is_told_who_there_is() {
    let desk = Desk::new("//- Tea.md\na\n");
    let engine = desk.synced();
    replace(main(&engine).acting("claude-code"), "Tea", "a", "b");
    replace(main(&engine).acting("cli"), "Tea", "b", "c");
    let ask = |actor, since| {
        let request = UndoRequest {
            since,
            ..by(actor, tick())
        };
        let error = main(&engine).undo(&request, &Silent, &Cancel::new());
        let error = error.expect_err("there is none");
        (error.to_string(), error.hint())
    };
    let hint = Some("changes were made by claude-code, cli".to_owned());
    assert_eq!(
        ask("claude", None),
        (
            "there is no change by 'claude' to undo".to_owned(),
            hint.clone()
        )
    );
    assert_eq!(
        ask("cli", Some(tick())),
        (
            "there is no change by 'cli' since then to undo".to_owned(),
            hint
        )
    );
}

#[test]
fn what_is_undone_is_known_however_the_note_went_on() {
    let desk = Desk::new("//- Tea.md\na\nb\nc\n");
    let engine = desk.synced();
    let (agent, person) = (
        main(&engine).acting("agent"),
        main(&engine).acting("person"),
    );
    let since = tick();
    replace(agent, "Tea", "b\n", "B\n");
    replace(agent, "Tea", "B\n", "BB\n");
    write(agent, "New", "new\n");
    append(agent, "New", "newer");
    agent.move_note("New", "d/New").expect("it is free");
    let undone = undo(person, &by("agent", since));
    assert_eq!((undone.undone.len(), undone.conflicts.len()), (5, 0));
    replace(person, "Tea", "b\n", "mine\n");
    let before = desk.vault.snapshot();
    assert_eq!(undo(person, &by("agent", since)), Undone::default());
    // What is brought back is there to be undone again, where nobody is in the way.
    let request = UndoRequest {
        change: undone.change,
        ..UndoRequest::default()
    };
    let back = undo(person, &request);
    assert_eq!(paths(&back), (vec!["d/New.md"], vec!["Tea.md"]));
    assert!(desk.vault.has("d/New.md"));
    let again = undo(person, &by("agent", since));
    assert_eq!(again.conflicts, []);
    assert!(desk.vault.snapshot() == before);
}

#[test]
fn what_others_write_while_changes_are_taken_back_stays() {
    let desk = Desk::new("//- Tea.md\ntop\nend\n");
    let engine = desk.synced();
    let agent = main(&engine).acting("agent");
    replace(agent, "Tea", "top\n", "top\nagent\n");
    let mut change = revisions(&engine, "Tea")[0].change;
    // The other process has an index and a history of its own to look at.
    let other = desk.engine();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..40 {
                append(
                    main(&other).acting("person"),
                    "Tea",
                    &format!("mine {number}\n"),
                );
            }
        });
        for _ in 0..40 {
            let undone = undo(
                agent,
                &UndoRequest {
                    change: Some(change),
                    ..UndoRequest::default()
                },
            );
            assert_eq!(undone.conflicts, []);
            change = undone.change.expect("the line goes or comes back");
        }
    });
    let text = desk.vault.read("Tea.md");
    assert!(text.starts_with("top\nagent\nend\n"), "{text}");
    let mine: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("mine"))
        .collect();
    let expected: Vec<String> = (0..40).map(|number| format!("mine {number}")).collect();
    assert_eq!(mine, expected);
    assert_eq!(revisions(&engine, "Tea").len(), 81);
}

#[test]
fn a_note_somebody_else_moved_is_not_taken_away_with_its_creation() {
    let desk = Desk::new("");
    let engine = desk.synced();
    let since = tick();
    write(main(&engine).acting("agent"), "Tea", "tea\n");
    let person = main(&engine).acting("person");
    person
        .move_note("Tea", "shelf/Tea.md")
        .expect("it is there");
    let text = desk.vault.read("shelf/Tea.md");
    let undone = undo(person, &by("agent", since));
    assert_eq!(paths(&undone), (vec![], vec!["Tea.md"]));
    assert_eq!(desk.vault.read("shelf/Tea.md"), text);
    // Once the move is taken back the creation can be.
    undo(person, &by("person", since));
    undo(person, &by("agent", since));
    assert!(desk.vault.files().is_empty());
}
