//! What the notes of a type should say: whether they do, what they say instead, and what could be asked of them.
//!
//! What a schema is, and what a note says, is `note::schema`'s. Invariant: nothing is changed, and equal notes give equal
//! answers, in the order of their paths.

mod catalog;

use crate::{Error, Project, Result};
use cairn_index::{Filter, NoteRecord, Session};
use cairn_note::Observation;
use cairn_note::filter::canonical_type;
use cairn_note::schema::{self, Checked, Drift, Facts, Inference, Link, Usage};
use catalog::Catalog;
use std::collections::BTreeMap;

/// Which notes are held against their schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaScope {
    /// The one of that identifier.
    Note(String),
    /// Those of a type.
    Type(String),
    /// Those of every type that has a schema.
    Everything,
}

/// How notes stand to their schemas.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemaReport {
    /// The type that was asked about, or that of the one note.
    pub note_type: Option<String>,
    /// Notes in scope, with a schema or not.
    pub total: usize,
    /// Those that have a schema.
    pub notes: Vec<CheckedNote>,
    /// The types that have a schema, by name, when everything was asked about.
    pub types: Vec<CheckedType>,
    /// Schemas that cannot be used, each once.
    pub broken: Vec<BrokenSchema>,
}

/// A note held against its schema.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedNote {
    /// The note.
    pub note: NoteRecord,
    /// How it stands.
    pub checked: Checked,
}

/// A type held against its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedType {
    /// Its name, as the schema spells it.
    pub note_type: String,
    /// Its notes, with a schema or not.
    pub total: usize,
    /// How those that have one stand.
    pub counts: SchemaCounts,
}

/// How many notes stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SchemaCounts {
    /// Notes that have a schema.
    pub notes: usize,
    /// Notes without errors.
    pub valid: usize,
    /// Warnings.
    pub warnings: usize,
    /// Errors.
    pub errors: usize,
}

/// A schema that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenSchema {
    /// The note it stands in, or that names it.
    pub path: String,
    /// Whether it is named and not there, rather than there and not understood.
    pub is_missing: bool,
    /// Why, one sentence without a trailing period.
    pub message: String,
}

/// How the notes of a type have drifted away from its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaDrift {
    /// How many there are.
    pub notes: usize,
    /// The drift; `None` when the type has no schema.
    pub drift: Option<Drift>,
}

impl SchemaCounts {
    /// Counts notes.
    pub fn of<'n>(notes: impl IntoIterator<Item = &'n CheckedNote>) -> Self {
        let mut counts = Self::default();
        notes.into_iter().for_each(|note| counts.add(&note.checked));
        counts
    }

    fn add(&mut self, checked: &Checked) {
        self.notes += 1;
        self.valid += usize::from(checked.passed);
        self.warnings += checked.warnings.len();
        self.errors += checked.errors.len();
    }
}

impl Project<'_> {
    /// Holds notes against their schemas: the one in their frontmatter, else the one that names, else that of their type.
    ///
    /// # Errors
    /// As [`Project::identify`] for one note; [`Error::OtherProject`] when it is one of another project.
    pub fn schema_validate(&self, scope: &SchemaScope) -> Result<SchemaReport> {
        let one = match scope {
            SchemaScope::Note(identifier) => Some(self.own(identifier)?),
            SchemaScope::Type(_) | SchemaScope::Everything => None,
        };
        let session = self.session("validate notes")?;
        let catalog = Catalog::load(self, &session)?;
        let (notes, covered) = match scope {
            SchemaScope::Note(_) => (one.clone().into_iter().collect(), BTreeMap::new()),
            SchemaScope::Type(note_type) => (self.of_type(&session, note_type)?, BTreeMap::new()),
            SchemaScope::Everything => {
                let covered = self.covered(&session, &catalog)?;
                (
                    self.of_types(&session, covered.keys().cloned().collect())?,
                    covered,
                )
            }
        };
        let mut broken = match scope {
            SchemaScope::Everything => catalog.broken().collect(),
            _ => Vec::new(),
        };
        let mut checked = Vec::new();
        for note in &notes {
            let Some(schema) = catalog.schema_of(note, &mut broken) else {
                continue;
            };
            let said = Said::of(&session, note)?;
            checked.push(CheckedNote {
                checked: schema::check(&schema, &said.facts(note)),
                note: note.clone(),
            });
        }
        let note_type = match scope {
            SchemaScope::Note(_) => one.map(|note| note.note_type),
            SchemaScope::Type(note_type) => Some(note_type.clone()),
            SchemaScope::Everything => None,
        };
        Ok(SchemaReport {
            note_type,
            total: notes.len(),
            types: by_type(covered, &notes, &checked),
            notes: checked,
            broken: each_once(broken),
        })
    }

    /// Proposes a schema for a type from what its notes say. What `threshold` (0 to 1) of them have is in it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the threshold is out of range.
    pub fn schema_infer(&self, note_type: &str, threshold: f64) -> Result<Inference> {
        if !(0.0..=1.0).contains(&threshold) {
            return Err(Error::Invalid {
                message: format!("the threshold must be from 0 to 1, not {threshold}"),
                hint: None,
            });
        }
        let session = self.session("infer a schema")?;
        let usage = self.usage(&session, note_type)?;
        Ok(schema::infer(note_type, &usage, threshold))
    }

    /// Tells how the notes of a type have drifted away from its schema.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the schema cannot be used.
    pub fn schema_diff(&self, note_type: &str) -> Result<SchemaDrift> {
        let session = self.session("compare a schema with its notes")?;
        let catalog = Catalog::load(self, &session)?;
        let mut broken = Vec::new();
        let schema = catalog.by_type(note_type, &mut broken);
        if let (None, Some(first)) = (schema, broken.first()) {
            return Err(Error::Invalid {
                message: format!("{}: {}", first.path, first.message),
                hint: Some("correct the schema note".to_owned()),
            });
        }
        let usage = self.usage(&session, note_type)?;
        Ok(SchemaDrift {
            notes: usage.notes(),
            drift: schema.map(|schema| schema::diff(schema, &usage)),
        })
    }

    fn of_type(&self, session: &Session<'_>, note_type: &str) -> Result<Vec<NoteRecord>> {
        self.of_types(session, vec![canonical_type(note_type)])
    }

    fn of_types(&self, session: &Session<'_>, note_types: Vec<String>) -> Result<Vec<NoteRecord>> {
        // No type at all would let every note through.
        if note_types.is_empty() {
            return Ok(Vec::new());
        }
        Ok(session.every(&Filter {
            projects: vec![self.id()],
            note_types,
            notes_only: true,
            ..Filter::default()
        })?)
    }

    /// The types that have a schema, or a note that has one: canonical and as spelled.
    fn covered(
        &self,
        session: &Session<'_>,
        catalog: &Catalog,
    ) -> Result<BTreeMap<String, String>> {
        let mut covered = BTreeMap::new();
        let declaring = session.with_key(self.id(), "schema")?.into_iter();
        let declared = declaring.map(|note| note.note_type);
        for spelled in catalog.entities().map(str::to_owned).chain(declared) {
            covered.entry(canonical_type(&spelled)).or_insert(spelled);
        }
        covered.remove(catalog::SCHEMA);
        Ok(covered)
    }

    fn usage(&self, session: &Session<'_>, note_type: &str) -> Result<Usage> {
        let mut usage = Usage::default();
        for note in self.of_type(session, note_type)? {
            usage.add(&Said::of(session, &note)?.facts(&note));
        }
        Ok(usage)
    }
}

/// What a note's body says.
struct Said {
    observations: Vec<Observation>,
    links: Vec<Link>,
}

impl Said {
    fn of(session: &Session<'_>, note: &NoteRecord) -> Result<Self> {
        let links = session.typed_relations(note.id)?.into_iter();
        Ok(Self {
            observations: session.observations(note.id)?,
            links: links
                .map(|relation| Link {
                    relation_type: relation.relation_type,
                    target: relation.target,
                    target_type: relation.target_type,
                })
                .collect(),
        })
    }

    fn facts<'s>(&'s self, note: &'s NoteRecord) -> Facts<'s> {
        Facts {
            metadata: &note.metadata,
            observations: &self.observations,
            links: &self.links,
        }
    }
}

fn by_type(
    covered: BTreeMap<String, String>,
    notes: &[NoteRecord],
    checked: &[CheckedNote],
) -> Vec<CheckedType> {
    let mut totals = BTreeMap::<String, usize>::new();
    for note in notes {
        *totals.entry(canonical_type(&note.note_type)).or_default() += 1;
    }
    let mut counts = BTreeMap::<String, SchemaCounts>::new();
    for one in checked {
        let canonical = canonical_type(&one.note.note_type);
        counts.entry(canonical).or_default().add(&one.checked);
    }
    covered
        .into_iter()
        .map(|(canonical, spelled)| CheckedType {
            note_type: spelled,
            total: totals.get(&canonical).copied().unwrap_or_default(),
            counts: counts.get(&canonical).copied().unwrap_or_default(),
        })
        .collect()
}

fn each_once(mut broken: Vec<BrokenSchema>) -> Vec<BrokenSchema> {
    broken.sort_by(|one, other| (&one.path, &one.message).cmp(&(&other.path, &other.message)));
    broken.dedup();
    broken
}
