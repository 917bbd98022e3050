//! The process that is killed: some threads with notes of their own, notes that all share, and a sync that never rests.
//!
//! It ends by being killed, or after a while by itself. Invariant: what it does follows from its seed, as far as threads
//! let it.

use super::disk::{Observer, Shared};
use super::hand::{Hand, word};
use super::journal::{Journal, Line, read_model};
use super::options::Options;
use super::place::{Place, now};
use crate::generate::random::Random;
use anyhow::{Context, Result};
use cairn_engine::{Cancel, EditRequest, Engine, Project, Silent, torture};
use cairn_history::Retention;
use cairn_note::edit::Edit;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Threads with notes of their own.
pub(super) const HANDS: usize = 4;

/// Notes that all threads add lines to.
pub(super) const SHARED: [&str; 2] = ["shared/one.md", "shared/two.md"];

/// Nobody waits longer for it to die.
const LONGEST: Duration = Duration::from_millis(1500);

/// Works until it is killed.
pub(super) fn run(options: &Options) -> Result<()> {
    let folder = options.folder.as_deref().context("--dir FOLDER")?;
    let place = Place::new(folder)?;
    let mut observer = Observer::default();
    if let Some((point, passing)) = options.dies_at {
        observer = observer.dying_at(point, passing);
    }
    if options.notes_disk {
        observer = observer.noting(&place.disk(), &place.grave())?;
    }
    let observer = Arc::new(observer);
    torture::install(Box::new(Shared(Arc::clone(&observer))));
    if let Some(switch) = options.switch {
        torture::leave_out(switch);
    }
    let model = read_model(&place.model())?;
    let journal = Journal::begin(&place.journal())?;
    let engine = place.engine(now)?;
    engine.project(None)?.sync(&Silent, &Cancel::new())?;
    println!("ready");
    let until = Instant::now() + LONGEST;
    std::thread::scope(|scope| {
        for number in 0..HANDS {
            let random = Random::new(options.seed.wrapping_mul(31).wrapping_add(number as u64));
            let mut adding = Adding {
                engine: &engine,
                journal: &journal,
                random: random.clone(),
                round: options.number,
                thread: number,
                made: 0,
            };
            let mut hand = Hand::new(
                &engine,
                &place,
                &journal,
                Arc::clone(&observer),
                &model,
                random,
                options.number,
                number,
            );
            scope.spawn(move || {
                while Instant::now() < until {
                    hand.act();
                    adding.act();
                }
            });
        }
        scope.spawn(|| keep_in_step(&engine, &journal, options.seed, until));
    });
    Ok(())
}

/// Syncs again and again, and now and then prunes what is older than any round.
fn keep_in_step(engine: &Engine, journal: &Journal, seed: u64, until: Instant) {
    let mut random = Random::new(seed ^ 0x5ee);
    let retention = Retention {
        everything: Duration::from_secs(60),
        daily: Some(Duration::ZERO),
        trash: Some(Duration::ZERO),
    };
    while Instant::now() < until {
        let project = engine.project(None).expect("there is one");
        if let Err(error) = project.sync(&Silent, &Cancel::new()) {
            journal.write(&Line::Wrong(format!("sync: {error}")));
        }
        if random.chance(0.02)
            && let Err(error) = engine.history().prune(&retention, now())
        {
            journal.write(&Line::Wrong(format!("prune: {error}")));
        }
        std::thread::sleep(Duration::from_micros(random.between(100, 6000) as u64));
    }
}

/// Adds lines to notes that others add lines to.
struct Adding<'a> {
    engine: &'a Engine,
    journal: &'a Journal,
    random: Random,
    round: usize,
    thread: usize,
    made: usize,
}

impl Adding<'_> {
    fn act(&mut self) {
        if !self.random.chance(0.15) {
            return;
        }
        let path = self.random.pick(&SHARED);
        self.made += 1;
        let line = word(self.round, self.thread + 8, self.made);
        let number = self.journal.number();
        self.journal
            .write(&Line::Shared(number, path.to_owned(), line.clone()));
        let request = EditRequest {
            identifier: path.to_owned(),
            edit: Some(Edit::Append {
                content: format!("- {line}\n"),
            }),
            metadata: Default::default(),
            base: None,
        };
        let project: Project<'_> = self.engine.project(None).expect("there is one");
        self.journal
            .write(&match project.acting("shared").edit_note(&request) {
                Ok(_) => Line::Done(number),
                Err(error) => Line::Wrong(format!("{number} {path} was refused: {error}")),
            });
    }
}
