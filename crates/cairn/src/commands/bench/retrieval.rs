//! `cairn bench retrieval`.

use super::metrics::{DEPTH, Measures};
use super::notes::{self, Places};
use super::place::Place;
use super::report::{self, Report};
use super::set::{Question, Set};
use crate::failure::{Failure, Result};
use crate::interrupt::{self, CANCEL};
use crate::invocation::Invocation;
use crate::output::{Answer, Bar};
use crate::settings::{Keeping, Reach};
use cairn_engine::{
    Durability, Engine, IndexLocation, Kind, LeftOut, Progress as _, Project, ProjectSettings,
    SearchBy, SearchRequest, Settings,
};
use clap::Args;
use clap::builder::RangedU64ValueParser;
use jiff::Zoned;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Arguments of `cairn bench retrieval`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A folder with corpus.jsonl, queries.jsonl and qrels.tsv
    #[arg(value_name = "SET")]
    set: PathBuf,
    /// Asks the first questions only
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    limit: Option<usize>,
    /// Keeps notes and index in this folder, so that the next run does not make them again
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Also asks without each part of the ranking, to tell what it is worth
    #[arg(long)]
    ablations: bool,
}

/// The name of the project the notes are in.
const PROJECT: &str = "bench";

/// A way to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    by: SearchBy,
    left_out: LeftOut,
}

impl Way {
    /// The ways to ask where there is a model or is none, and those that do without a part of the ranking.
    fn all(has_model: bool, ablations: bool) -> Vec<Self> {
        let by = |by| Self {
            by,
            left_out: LeftOut::Nothing,
        };
        let mut ways = vec![by(SearchBy::Text)];
        if has_model {
            ways.extend([by(SearchBy::Meaning), by(SearchBy::Hybrid)]);
        }
        if has_model && ablations {
            let parts = [
                LeftOut::Words,
                LeftOut::Passages,
                LeftOut::Meaning,
                LeftOut::Ties,
            ];
            ways.extend(parts.map(|left_out| Self {
                by: SearchBy::Hybrid,
                left_out,
            }));
        }
        ways
    }

    /// As it is typed.
    pub(super) fn by(self) -> &'static str {
        match self.by {
            SearchBy::Text | SearchBy::Title | SearchBy::Permalink => "text",
            SearchBy::Meaning => "vector",
            SearchBy::Hybrid => "hybrid",
        }
    }

    /// What it does without.
    pub(super) fn without(self) -> Option<&'static str> {
        match self.left_out {
            LeftOut::Nothing => None,
            LeftOut::Words => Some("words"),
            LeftOut::Passages => Some("passages"),
            LeftOut::Meaning => Some("meaning"),
            LeftOut::Ties => Some("ties"),
        }
    }

    fn request(self, query: &str) -> SearchRequest {
        SearchRequest {
            by: self.by,
            left_out: self.left_out,
            page_size: DEPTH,
            ..SearchRequest::new(query, Zoned::now())
        }
    }
}

/// What asking in one way gave.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) way: Way,
    /// On average.
    pub(super) measures: Measures,
    /// How long each answer took.
    pub(super) times: Vec<Duration>,
}

/// Measures.
pub(super) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Answer> {
    let mut set = Set::read(&arguments.set)?;
    set.questions
        .truncate(arguments.limit.unwrap_or(usize::MAX));
    interrupt::listen();
    let place = Place::make(arguments.keep.as_deref())?;
    let settings = settings(invocation, &place)?;
    let places = notes::lay_out(&set.documents, &place.notes(), &invocation.progress())?;
    let engine = Engine::open(settings)?;
    let project = engine.project(None)?;
    let begun = Instant::now();
    synced(&project, &invocation.progress())?;
    let indexing = begun.elapsed();
    let model = engine
        .settings()
        .meaning
        .model
        .as_ref()
        .map(|model| model.name().to_owned());
    let embedding = match &model {
        Some(_) => Some(embedded(&engine, &invocation.progress())?),
        None => None,
    };
    let ways = Way::all(model.is_some(), arguments.ablations);
    let bar = invocation.progress();
    bar.begin("Asking", Some((ways.len() * set.questions.len()) as u64));
    let mut asked = Vec::new();
    for way in ways {
        asked.push(ask(&project, &places, &set.questions, way, &bar)?);
    }
    drop(bar);
    Ok(report::answer(&Report {
        notes: set.documents.len(),
        passages: engine.pending()?.of,
        questions: set.questions.len(),
        unanswered: set.unanswered,
        set: set.name,
        indexing,
        model,
        embedding,
        asked,
    }))
}

/// What the person configured, on one project that is none of theirs.
fn settings(invocation: &Invocation, place: &Place) -> Result<Settings> {
    let home = invocation.home()?;
    let config = invocation.config(&home)?;
    Ok(Settings {
        index: match invocation.keeping() {
            Keeping::Durable => IndexLocation::File(place.index()),
            Keeping::Ephemeral => IndexLocation::Memory,
        },
        projects: vec![ProjectSettings {
            name: PROJECT.to_owned(),
            root: place.notes(),
        }],
        default_project: Some(PROJECT.to_owned()),
        // Nothing here is missed when the power fails.
        durability: Durability::Os,
        ..home.settings(&config, Reach::Registry, Keeping::Ephemeral)?
    })
}

fn synced(project: &Project<'_>, bar: &Bar) -> Result<()> {
    let report = project.sync(bar, &CANCEL)?;
    if report.cancelled || CANCEL.is_cancelled() {
        return Err(Failure::interrupted());
    }
    match report.faults.first() {
        None => Ok(()),
        Some(fault) => Err(Failure::new(
            Kind::Io,
            format!(
                "a note cannot be indexed: {}: {}",
                fault.path, fault.message
            ),
        )),
    }
}

/// Embeds whatever has no vector; how long that took.
fn embedded(engine: &Engine, bar: &Bar) -> Result<Duration> {
    let begun = Instant::now();
    let embedded = engine.embed(u64::MAX, bar, &CANCEL)?;
    if CANCEL.is_cancelled() {
        return Err(Failure::interrupted());
    }
    match embedded.left {
        0 => Ok(begun.elapsed()),
        left => Err(Failure::new(
            Kind::Io,
            format!("{left} passages cannot be embedded"),
        )),
    }
}

/// Asks every question, one after the other.
fn ask(
    project: &Project<'_>,
    places: &Places,
    questions: &[Question],
    way: Way,
    bar: &Bar,
) -> Result<Asked> {
    // The first answer also pays for what later ones find ready.
    if let Some(first) = questions.first() {
        project.search_notes(&way.request(&first.text))?;
    }
    let (mut measures, mut times) = (Vec::new(), Vec::new());
    for question in questions {
        if CANCEL.is_cancelled() {
            return Err(Failure::interrupted());
        }
        let request = way.request(&question.text);
        let begun = Instant::now();
        let reply = project.search_notes(&request)?;
        times.push(begun.elapsed());
        if let Some(trouble) = reply.meant.trouble {
            // Figures of half a search are none.
            return Err(Failure::new(
                Kind::Io,
                format!("the model does not answer: {trouble}"),
            ));
        }
        let hits = reply.hits.iter();
        let hits: Vec<usize> = hits
            .filter_map(|hit| places.get(hit.note.path.as_str()).copied())
            .collect();
        measures.push(Measures::of(&hits, &question.grades));
        bar.advance(1);
    }
    Ok(Asked {
        way,
        measures: Measures::mean(&measures),
        times,
    })
}
