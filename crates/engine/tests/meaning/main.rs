//! Search by meaning: embedding, asking, what is said while vectors are missing, and that nothing mixes.

mod concepts;

use cairn_engine::{
    Cancel, Engine, IndexLocation, LeftOut, Meaning, Model, Overwrite, Project, SearchBy,
    SearchReply, SearchRequest, Settings, Silent, WriteRequest,
};
use cairn_testkit::Vault;
use concepts::Concepts;
use jiff::Zoned;
use jiff::tz::TimeZone;
use std::path::Path;
use std::sync::Arc;

const VAULT: &str = "//- animals/Hound.md\nThe hound sleeps by the door.\n\n\
    //- animals/Kitten.md\nA kitten purrs in the sun.\n\n\
    //- kitchen/Bread.md\nKnead the dough and bake the loaf.\n\n\
    //- kitchen/Soup.md\nSimmer the broth for an hour.\n";

fn now() -> Zoned {
    jiff::Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC)
}

/// An engine over a vault and an index file, with a model.
fn open(vault: &Vault, index: &Path, model: &Arc<Concepts>) -> Engine {
    let mut settings = Settings::in_memory("main", vault.root().to_owned());
    settings.index = IndexLocation::File(index.join("index.db"));
    settings.meaning = Meaning {
        model: Some(Model::new(
            Arc::clone(model) as Arc<dyn cairn_embed::Embedder>
        )),
        ..Meaning::default()
    };
    let engine = Engine::open(settings).expect("the folder of the index is writable");
    main(&engine)
        .sync(&Silent, &Cancel::new())
        .expect("the vault can be read");
    engine
}

fn main(engine: &Engine) -> Project<'_> {
    engine.project(None).expect("there is one project")
}

fn embed(engine: &Engine) -> u64 {
    let embedded = engine.embed(u64::MAX, &Silent, &Cancel::new());
    embedded.expect("the model works").passages
}

fn search(engine: &Engine, query: &str, by: SearchBy) -> SearchReply {
    let request = SearchRequest {
        by,
        ..SearchRequest::new(query, now())
    };
    main(engine)
        .search_notes(&request)
        .expect("the question is a good one")
}

fn titles(reply: &SearchReply) -> Vec<&str> {
    reply
        .hits
        .iter()
        .map(|hit| hit.note.title.as_str())
        .collect()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("the system's temporary folder is writable")
}

#[test]
fn what_shares_no_word_is_found_by_meaning() {
    let (vault, index, model) = (Vault::new(VAULT), folder(), Concepts::new("one"));
    let engine = open(&vault, index.path(), &model);
    assert_eq!(embed(&engine), 4);
    assert_eq!(
        titles(&search(&engine, "dog", SearchBy::Text)),
        Vec::<&str>::new()
    );
    let found = search(&engine, "dog", SearchBy::Hybrid);
    assert_eq!(titles(&found)[0], "Hound");
    let best = &found.hits[0];
    assert!(
        best.parts.words.is_none() && best.parts.meaning.is_some_and(|cosine| cosine > 0.5),
        "{:?}",
        best.parts
    );
    assert_eq!(best.snippet.text, "The hound sleeps by the door.");
    assert_eq!(
        titles(&search(&engine, "dog", SearchBy::Meaning))[0],
        "Hound"
    );
    // What is like nothing has no hit at all.
    assert_eq!(
        titles(&search(&engine, "zeppelin", SearchBy::Hybrid)),
        Vec::<&str>::new()
    );
}

#[test]
fn what_is_missing_is_said_and_an_edit_embeds_only_what_it_changed() {
    let (vault, index, model) = (Vault::new(VAULT), folder(), Concepts::new("one"));
    let engine = open(&vault, index.path(), &model);
    let before = search(&engine, "dog", SearchBy::Hybrid);
    assert_eq!((before.meant.pending, before.meant.passages), (4, 4));
    assert!(before.hits.is_empty() && before.meant.is_counted);
    embed(&engine);
    assert_eq!(search(&engine, "dog", SearchBy::Hybrid).meant.pending, 0);

    let told = model.told();
    let request = WriteRequest {
        title: "Hound".to_owned(),
        folder: "animals".to_owned(),
        content: "The hound runs.".to_owned(),
        overwrite: Overwrite::Allow,
        ..WriteRequest::default()
    };
    main(&engine)
        .write_note(&request)
        .expect("the note may be overwritten");
    assert_eq!(search(&engine, "dog", SearchBy::Hybrid).meant.pending, 1);
    assert_eq!(embed(&engine), 1);
    assert_eq!(model.told() - told, 1);
    // The question before had no vector of its own to find any more, this one has.
    assert_eq!(
        search(&engine, "dog", SearchBy::Hybrid).hits[0]
            .snippet
            .text,
        "The hound runs."
    );
}

#[test]
fn a_note_that_moves_or_comes_back_is_not_embedded_again() {
    let (vault, index, model) = (Vault::new(VAULT), folder(), Concepts::new("one"));
    let engine = open(&vault, index.path(), &model);
    embed(&engine);
    let told = model.told();
    std::fs::rename(
        vault.root().join("animals/Hound.md"),
        vault.root().join("kitchen/Hound.md"),
    )
    .expect("a folder of the vault");
    let soup = std::fs::read(vault.root().join("kitchen/Soup.md")).expect("a note of the vault");
    std::fs::remove_file(vault.root().join("kitchen/Soup.md")).expect("a note of the vault");
    main(&engine)
        .sync(&Silent, &Cancel::new())
        .expect("the vault can be read");
    std::fs::write(vault.root().join("kitchen/Soup.md"), soup).expect("a folder of the vault");
    main(&engine)
        .sync(&Silent, &Cancel::new())
        .expect("the vault can be read");
    main(&engine)
        .reindex(&Silent, &Cancel::new())
        .expect("the vault can be read");
    assert_eq!(search(&engine, "dog", SearchBy::Hybrid).meant.pending, 0);
    assert_eq!((embed(&engine), model.told()), (0, told));
    assert_eq!(
        search(&engine, "dog", SearchBy::Hybrid).hits[0]
            .note
            .path
            .as_str(),
        "kitchen/Hound.md"
    );
}

#[test]
fn another_model_starts_anew_and_mixes_with_nothing() {
    let (vault, index, one) = (Vault::new(VAULT), folder(), Concepts::new("one"));
    embed(&open(&vault, index.path(), &one));
    let other = Concepts::new("other");
    let engine = open(&vault, index.path(), &other);
    let found = search(&engine, "hound dog", SearchBy::Hybrid);
    assert_eq!((found.meant.pending, titles(&found)), (4, vec!["Hound"]));
    assert!(
        found.hits[0].parts.meaning.is_none(),
        "a vector of the other model counted"
    );
    // Half of the way both models have vectors; only this one's count.
    let half = engine
        .embed(2, &Silent, &Cancel::new())
        .expect("the model works");
    assert_eq!(half.passages + half.left, 4);
    assert_eq!(embed(&engine), half.left);
    assert_eq!(
        titles(&search(&engine, "dog", SearchBy::Meaning))[0],
        "Hound"
    );
}

#[test]
fn a_model_that_fails_costs_meaning_and_not_words() {
    let (vault, index, model) = (Vault::new(VAULT), folder(), Concepts::new("one"));
    let engine = open(&vault, index.path(), &model);
    model.fail(true);
    let found = search(&engine, "hound", SearchBy::Hybrid);
    assert_eq!(titles(&found), ["Hound"]);
    assert!(
        !found.meant.is_counted
            && found
                .meant
                .trouble
                .is_some_and(|trouble| trouble.contains("out of order"))
    );
    let asked = model.asked();
    let request = SearchRequest {
        by: SearchBy::Meaning,
        ..SearchRequest::new("dog", now())
    };
    let error = main(&engine)
        .search_notes(&request)
        .expect_err("there is no vector");
    assert!(error.to_string().contains("out of order"), "{error}");
    assert_eq!(
        model.asked(),
        asked,
        "a model in trouble is left alone for a while"
    );
    assert!(engine.embed(u64::MAX, &Silent, &Cancel::new()).is_err());
    assert_eq!(search(&engine, "hound", SearchBy::Text).meant.pending, 4);
    model.fail(false);
    assert_eq!(embed(&engine), 4);
}

#[test]
fn who_stops_goes_on_where_it_was() {
    let (vault, index, model) = (Vault::new(VAULT), folder(), Concepts::new("one"));
    let stopped = Cancel::new();
    stopped.cancel();
    let engine = open(&vault, index.path(), &model);
    let none = engine
        .embed(u64::MAX, &Silent, &stopped)
        .expect("stopping is no failure");
    assert_eq!((none.passages, none.left), (0, 4));
    drop(engine);
    let engine = open(&vault, index.path(), &model);
    assert_eq!((embed(&engine), model.told()), (4, 4));
}

#[test]
fn two_processes_on_one_index_know_the_same() {
    let (vault, index, model) = (Vault::new(VAULT), folder(), Concepts::new("one"));
    let (one, other) = (
        open(&vault, index.path(), &model),
        open(&vault, index.path(), &model),
    );
    assert!(search(&other, "dog", SearchBy::Hybrid).hits.is_empty());
    embed(&one);
    assert_eq!(titles(&search(&other, "dog", SearchBy::Hybrid))[0], "Hound");
    std::fs::remove_file(vault.root().join("animals/Hound.md")).expect("a note of the vault");
    main(&one)
        .sync(&Silent, &Cancel::new())
        .expect("the vault can be read");
    assert!(!titles(&search(&other, "dog", SearchBy::Hybrid)).contains(&"Hound"));
}

#[test]
fn operators_are_a_matter_of_words_and_filters_come_first() {
    let (vault, index, model) = (Vault::new(VAULT), folder(), Concepts::new("one"));
    let engine = open(&vault, index.path(), &model);
    embed(&engine);
    for query in ["\"the hound\"", "hound NOT kitten", "hound AND door"] {
        let found = search(&engine, query, SearchBy::Hybrid);
        assert_eq!(
            (titles(&found), found.meant.is_counted),
            (vec!["Hound"], false),
            "{query}"
        );
    }
    let request = SearchRequest {
        by: SearchBy::Hybrid,
        folder: Some("kitchen".to_owned()),
        ..SearchRequest::new("dog dough", now())
    };
    let found = main(&engine)
        .search_notes(&request)
        .expect("a good question");
    assert_eq!(titles(&found), ["Bread"]);
    let request = SearchRequest {
        by: SearchBy::Meaning,
        min_similarity: Some(0.99),
        ..SearchRequest::new("dog broth", now())
    };
    let found = main(&engine)
        .search_notes(&request)
        .expect("a good question");
    assert_eq!(
        titles(&found),
        Vec::<&str>::new(),
        "nothing is as near as that"
    );
}

#[test]
fn pages_are_apart_and_hold_everything() {
    let many: String = (0..130)
        .map(|number| format!("//- n{number:03}.md\nThe hound number {number} waits.\n\n"))
        .chain(
            (0..30).map(|number| format!("//- p{number:03}.md\nA puppy, the {number}th one.\n\n")),
        )
        .collect();
    let (vault, index, model) = (Vault::new(&many), folder(), Concepts::new("one"));
    let engine = open(&vault, index.path(), &model);
    embed(&engine);
    let mut seen = std::collections::BTreeSet::new();
    let mut total = 0;
    for page in 1.. {
        let request = SearchRequest {
            by: SearchBy::Hybrid,
            page,
            page_size: 20,
            ..SearchRequest::new("hound", now())
        };
        let found = main(&engine)
            .search_notes(&request)
            .expect("a good question");
        for hit in &found.hits {
            assert!(
                seen.insert(hit.note.path.to_string()),
                "{} is on two pages",
                hit.note.path
            );
        }
        total = found.total;
        if !found.has_more {
            break;
        }
    }
    assert!((0..130).all(|number| seen.contains(&format!("n{number:03}.md"))));
    assert_eq!(seen.len(), total);
}

#[test]
fn notes_that_say_the_same_are_one_hit() {
    let same = "The hound of the house sleeps by the door all day long, and at night it walks around the garden.";
    let text = format!("//- a.md\n{same}\n\n//- b.md\n{same}\n\n//- c.md\nThe hound eats.\n");
    let (vault, index, model) = (Vault::new(&text), folder(), Concepts::new("one"));
    let engine = open(&vault, index.path(), &model);
    embed(&engine);
    let found = search(&engine, "hound garden", SearchBy::Hybrid);
    assert_eq!((titles(&found), found.total), (vec!["a", "c"], 2));
    let also: Vec<_> = found.hits[0]
        .also
        .iter()
        .map(|note| note.title.as_str())
        .collect();
    assert_eq!(also, ["b"]);
}

#[test]
fn every_part_of_the_ranking_can_be_left_out() {
    let filler = "Nothing of interest happened on that day, and nobody came by. ".repeat(20);
    let vault = Vault::new(&format!(
        "{VAULT}//- Long.md\nA dog. {filler}\n\nBy the door. {filler}\n\n//- Named.md\nSee [[Hound]] at the door.\n"
    ));
    let (index, model) = (folder(), Concepts::new("one"));
    let engine = open(&vault, index.path(), &model);
    embed(&engine);
    let scores = |left_out| {
        let request = SearchRequest {
            by: SearchBy::Hybrid,
            left_out,
            ..SearchRequest::new("dog door", now())
        };
        let reply = main(&engine).search_notes(&request);
        let hits = reply.expect("the question is a good one").hits;
        let mut scores: Vec<(String, f32)> = hits
            .into_iter()
            .map(|hit| (hit.note.title, hit.score))
            .collect();
        scores.sort_by(|one, other| one.0.cmp(&other.0));
        scores
    };
    let parts = [
        LeftOut::Nothing,
        LeftOut::Words,
        LeftOut::Passages,
        LeftOut::Meaning,
        LeftOut::Ties,
    ];
    let all = parts.map(scores);
    for (place, one) in all.iter().enumerate() {
        let (titles, others): (Vec<_>, _) =
            (one.iter().map(|(title, _)| title).collect(), &all[..place]);
        assert_eq!(titles, ["Hound", "Long", "Named"], "{:?}", parts[place]);
        assert!(
            !others.contains(one),
            "{:?} changes nothing: {all:?}",
            parts[place]
        );
    }
}
