//! Contents: once each, small, and the same bytes again.

use crate::bench::{Place, Random, did, edited, entry, on_each, text};
use cairn_history::{Content, Hash, History, Operation, Retention};

#[test]
fn contents_are_kept_once_and_come_back() {
    on_each(|history| {
        let wanted: [&[u8]; 4] = [b"", b"text", b"\x00\xFF\r\n", &[7; 100_000]];
        for _ in 0..2 {
            let kept = history
                .keep(wanted.iter().map(|bytes| bytes.to_vec()).collect())
                .expect("they are kept");
            assert_eq!(kept, wanted.map(Hash::of));
        }
        for bytes in wanted {
            let hash = Hash::of(bytes);
            assert!(history.has(&hash).expect("it can be asked"));
            assert_eq!(
                history.content(&hash).expect("it reads back").as_deref(),
                Some(bytes)
            );
        }
        assert_eq!(
            history.content(&Hash::of(b"no")).expect("it can be asked"),
            None
        );
        let statistics = history.statistics().expect("it can be asked");
        assert_eq!((statistics.contents, statistics.unpacked), (4, 100_008));
    });
}

#[test]
fn a_known_content_needs_no_bytes() {
    on_each(|history| {
        did(history, vec![entry("a", Operation::Create, "", "one")]);
        let mut next = entry("a", Operation::Write, "", "two");
        next.before = Some(Content::Known(Hash::of(b"one")));
        did(history, vec![next]);
        let mut back = entry("a", Operation::Restore, "two", "");
        back.after = Some(Content::Known(Hash::of(b"one")));
        did(history, vec![back]);
        assert_eq!(history.statistics().expect("it can be asked").contents, 2);
    });
}

#[test]
fn a_long_chain_of_edits_reads_back() {
    on_each(|history| {
        let mut texts = vec![text(1, 5_000)];
        did(history, vec![entry("a", Operation::Create, "", &texts[0])]);
        for number in 1..100 {
            let next = edited(&texts[number - 1], number as u64);
            let mut edit = entry("a", Operation::Edit, &texts[number - 1], &next);
            // As with bytes, as by hash, as when nobody knows.
            match number % 3 {
                0 => edit.before = None,
                1 => edit.before = edit.before.map(|before| Content::Known(before.hash())),
                _ => {}
            }
            did(history, vec![edit]);
            texts.push(next);
        }
        for text in &texts {
            let content = history
                .content(&Hash::of(text.as_bytes()))
                .expect("it reads back");
            assert_eq!(content.as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(history.check().expect("it can be checked"), []);
    });
}

#[test]
fn many_edits_in_one_record_read_back() {
    on_each(|history| {
        let mut texts = vec![text(1, 3_000)];
        let mut entries = vec![entry("a", Operation::Create, "", &texts[0])];
        for number in 1..60 {
            let next = edited(&texts[number - 1], number as u64);
            entries.push(entry("a", Operation::Edit, &texts[number - 1], &next));
            texts.push(next);
        }
        did(history, entries);
        assert_eq!(history.check().expect("it can be checked"), []);
        assert_eq!(history.statistics().expect("it can be asked").contents, 60);
    });
}

/// 10,000 revisions of 1,000 notes of 5 KB, the contents before them included, take less than three copies of them.
#[test]
fn ten_revisions_of_each_note_take_less_than_three_copies() {
    let place = Place::new();
    let history = place.open();
    let mut texts: Vec<String> = (0..1_000).map(|seed| text(seed, 5_000)).collect();
    let vault: usize = texts.iter().map(String::len).sum();
    history
        .keep(texts.iter().map(|text| text.clone().into_bytes()).collect())
        .expect("they are kept");
    let mut random = Random(1);
    for round in 0..10 {
        let mut entries = Vec::new();
        for (number, text) in texts.iter_mut().enumerate() {
            let next = edited(text, random.below(1 << 30) as u64);
            let id = format!("{number:08x}-6b1f-5d0e-9c1a-{round:012x}");
            let mut edit = entry(&id, Operation::Edit, text, &next);
            edit.note = format!("{number:08x}-6b1f-5d0e-9c1a-000000000000");
            edit.path = format!("projects/garden/note-{number}.md");
            entries.push(edit);
            *text = next;
        }
        did(&history, entries);
    }
    history.flush().expect("it is written");
    let statistics = history.statistics().expect("it can be asked");
    assert_eq!(statistics.revisions, 10_000);
    let bytes = usize::try_from(statistics.bytes).expect("it is short");
    let hundredths = bytes * 100 / vault;
    assert!(hundredths < 200, "{hundredths} hundredths of a copy");
    drop(history);
    let on_disk = std::fs::metadata(place.path()).expect("it is there").len();
    assert_eq!(on_disk, statistics.bytes);
}

#[test]
fn what_was_kept_stays_until_it_is_released() {
    on_each(|history| {
        let contents = |history: &History| history.statistics().expect("it can be asked").contents;
        let kept = history
            .keep(vec![b"old".to_vec(), b"new".to_vec(), b"needed".to_vec()])
            .expect("they are kept");
        did(
            history,
            vec![entry("a", Operation::Edit, "needed", "after")],
        );
        let prune = |in_use: &[Hash], hours| {
            let in_use = in_use.iter().copied().collect();
            let now = crate::bench::hour(hours);
            history.release(&in_use, now).expect("they are released");
            let pruned = history.prune(&Retention::default(), now);
            let pruned = pruned.expect("it prunes");
            (pruned.revisions, pruned.contents, pruned.bytes)
        };
        // The first look may come between the keeping and the use, a look before a day has passed too.
        assert_eq!(prune(&[], 0), (0, 0, 0));
        assert_eq!(prune(&[kept[1]], 23), (0, 0, 0));
        history
            .keep(vec![b"old".to_vec()])
            .expect("it is kept again");
        assert_eq!(prune(&[kept[1]], 25), (0, 0, 0), "it is in use again");
        assert_eq!(contents(history), 4);
        assert_eq!(prune(&[kept[1]], 50), (0, 1, 3));
        assert!(!history.has(&kept[0]).expect("it can be asked"));
        assert_eq!(contents(history), 3);
    });
}
