//! What finding the nearest of many vectors costs, and how much rounding loses.
//!
//! `cargo run --release -p cairn-index --example nearest -- make FILE PASSAGES` makes an index of so many passages, and
//! `-- ask FILE` asks it, in a process of its own so that its memory is that of asking. Vectors are around a thousand
//! centres, as those of texts are around subjects. Figures, not tests.

#![expect(clippy::print_stdout, reason = "it is a program for people")]

use cairn_index::{
    Change, Content, Entry, Filter, Fingerprint, Given, Index, Nearest, Options, ProjectId, Scope,
    Session, Span, Terms,
};
use cairn_note::chunk::PassageHash;
use cairn_note::{Note, NotePath};
use jiff::Timestamp;
use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const DIMENSIONS: usize = 384;
const PER_NOTE: u64 = 5;
/// Notes that are changed again and again, with passages and without.
const OTHERS: [u64; 2] = [1_000_000_000, 1_000_000_001];
const MODEL: &str = "made up";
const SCOPE: Scope<'static> = Scope {
    project: ProjectId(1),
    slug: None,
    siblings: &[],
};

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["make", file, passages] => make(Path::new(file), passages.parse()?),
        ["ask", file] => ask(Path::new(file)),
        _ => Err("make FILE PASSAGES, or ask FILE".into()),
    }
}

/// Numbers between −1 and 1, the same ones for the same seed.
fn numbers(seed: u64) -> impl Iterator<Item = f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / 8_388_608.0 - 1.0
    };
    next();
    std::iter::repeat_with(next).take(DIMENSIONS)
}

/// The vector of a passage: its subject's, and something of its own.
fn vector(passage: u64) -> Vec<f32> {
    let subject = numbers(1_000_000_007 + passage % 1_000);
    let vector: Vec<f32> = subject
        .zip(numbers(passage))
        .map(|(subject, own)| subject + own)
        .collect();
    let length = dot(&vector, &vector).sqrt();
    vector.iter().map(|value| value / length).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn hash(passage: u64) -> PassageHash {
    PassageHash::of(&passage.to_string())
}

fn path(note: u64) -> Outcome<NotePath> {
    Ok(NotePath::from_disk(&format!("{}/{note}.md", note % 100))?)
}

fn put(note: u64, passages: &[PassageHash]) -> Outcome<Change> {
    let spans = passages.iter().map(|hash| Span {
        hash: *hash,
        start: 0,
        end: 1,
    });
    Ok(Change::Put(Box::new(Entry {
        path: path(note)?,
        given: Given::default(),
        fingerprint: Fingerprint {
            size: 0,
            modified_ns: 0,
            checksum: [0; 32],
        },
        created: Timestamp::UNIX_EPOCH,
        modified: Timestamp::UNIX_EPOCH,
        content: Content::Note {
            note: Box::new(Note::default()),
            terms: Terms::default(),
            passages: spans.collect(),
        },
    })))
}

fn embedded(note: u64, passages: impl Iterator<Item = u64>) -> Outcome<Change> {
    Ok(Change::Embedded {
        path: path(note)?,
        model: MODEL.to_owned(),
        vectors: passages
            .map(|passage| (hash(passage), vector(passage)))
            .collect(),
    })
}

fn passages_of(note: u64) -> std::ops::Range<u64> {
    note * PER_NOTE..(note + 1) * PER_NOTE
}

fn make(file: &Path, passages: u64) -> Outcome<()> {
    let index = Index::open(file, &Options::default())?;
    let notes: Vec<u64> = (0..passages / PER_NOTE).collect();
    let since = Instant::now();
    for notes in notes.chunks(5_000) {
        let hashes = |note: u64| passages_of(note).map(hash).collect::<Vec<_>>();
        let changes: Outcome<_> = notes
            .iter()
            .map(|note| put(*note, &hashes(*note)))
            .collect();
        index.apply(&SCOPE, changes?)?;
    }
    println!("{} notes in {:?}", notes.len(), since.elapsed());
    let since = Instant::now();
    index.use_model(MODEL, DIMENSIONS)?;
    println!("use a model {:?}", since.elapsed());
    let mut stored = Duration::ZERO;
    for notes in notes.chunks(1_000) {
        let changes: Outcome<_> = notes
            .iter()
            .map(|note| embedded(*note, passages_of(*note)))
            .collect();
        let (changes, since) = (changes?, Instant::now());
        index.apply(&SCOPE, changes)?;
        stored += since.elapsed();
    }
    println!("{passages} vectors stored in {stored:?}");
    Ok(())
}

fn search(session: &Session<'_>, question: &[f32]) -> Outcome<(Nearest, Duration)> {
    let since = Instant::now();
    let nearest = session.nearest(MODEL, question, &Filter::default(), 100, 3)?;
    Ok((nearest, since.elapsed()))
}

fn ask(file: &Path) -> Outcome<()> {
    let index = Index::open(file, &Options::default())?;
    let passages = index.read("count")?.pending(&[])?.of;
    let before = memory("VmRSS");
    let (_, first) = search(&index.read("ask")?, &vector(1))?;
    println!("first question, with loading {first:?}");
    println!(
        "memory: {} MiB more than before, {} MiB at most",
        memory("VmRSS") - before,
        memory("VmHWM")
    );
    let questions: Vec<Vec<f32>> = (0..50).map(|number| question(number, passages)).collect();
    let (mut times, mut found) = (Vec::new(), Vec::new());
    for question in &questions {
        let session = index.read("ask")?;
        let (nearest, time) = search(&session, question)?;
        times.push(time);
        found.push(names(&session, &nearest)?);
    }
    println!("a question {}", spread(&mut times));
    println!("recall at 10: {:.4}", recall(&questions, &found, passages));
    change(&index, passages, &questions)
}

/// What a change costs whoever makes it, and whoever asks next.
fn change(index: &Index, passages: u64, questions: &[Vec<f32>]) -> Outcome<()> {
    let mut times = [const { Vec::new() }; 6];
    for note in OTHERS {
        index.apply(&SCOPE, vec![put(note, &[])?])?;
    }
    for (number, question) in (0..).zip(questions) {
        let note = number * 7_919 % (passages / PER_NOTE);
        let new = passages + number;
        let passages = passages_of(note).skip(1).map(hash);
        let passages: Vec<_> = passages.chain([hash(new)]).collect();
        let changes = [
            put(note, &passages)?,
            embedded(note, new..=new)?,
            put(OTHERS[0], &passages)?,
            put(OTHERS[1], &[])?,
        ];
        for (change, times) in changes.into_iter().zip(&mut times) {
            let since = Instant::now();
            index.apply(&SCOPE, vec![change])?;
            times.push(since.elapsed());
        }
        times[4].push(search(&index.read("ask")?, question)?.1);
        let since = Instant::now();
        index.read("count")?.pending(&[])?;
        times[5].push(since.elapsed());
    }
    let what = [
        "change a note with passages",
        "store a vector",
        "change the same note, with passages",
        "change the same note, without passages",
        "ask after a change",
        "count what is pending",
    ];
    for (what, times) in what.iter().zip(&mut times) {
        println!("{what} {}", spread(times));
    }
    Ok(())
}

/// Something near to one of the passages.
fn question(number: u64, passages: u64) -> Vec<f32> {
    let like = vector(number * 104_729 % passages);
    let own = numbers(number + 77_777_777);
    like.iter()
        .zip(own)
        .map(|(like, own)| like + own / 40.0)
        .collect()
}

fn names(session: &Session<'_>, nearest: &Nearest) -> Outcome<Vec<u64>> {
    let mut names = Vec::new();
    for near in &nearest.notes {
        let record = session.by_id(near.note)?.ok_or("a note is gone")?;
        names.push(record.path.stem().parse()?);
    }
    Ok(names)
}

/// How many of the ten notes that are nearest are among the first ten found.
fn recall(questions: &[Vec<f32>], found: &[Vec<u64>], passages: u64) -> f64 {
    let mut exact: Vec<Vec<(f32, u64)>> = vec![Vec::new(); questions.len()];
    for passage in 0..passages {
        let vector = vector(passage);
        for (question, best) in questions.iter().zip(&mut exact) {
            best.push((dot(question, &vector), passage / PER_NOTE));
            if best.len() > 1_000 {
                shorten(best);
            }
        }
    }
    let mut met = 0;
    for (best, found) in exact.iter_mut().zip(found) {
        shorten(best);
        let first = &found[..found.len().min(10)];
        met += best.iter().filter(|(_, note)| first.contains(note)).count();
    }
    met as f64 / (10 * questions.len()) as f64
}

/// Leaves the ten best notes.
fn shorten(best: &mut Vec<(f32, u64)>) {
    best.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut seen = HashSet::new();
    best.retain(|(_, note)| seen.insert(*note));
    best.truncate(10);
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    format!("p50 {:?}, p95 {:?}", at(50), at(95))
}

/// What Linux says of this process's memory, MiB.
fn memory(what: &str) -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<i64>().ok());
    kib.unwrap_or(0) / 1_024
}
