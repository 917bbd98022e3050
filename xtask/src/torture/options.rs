//! What a run is told.

use anyhow::{Context, Result, bail};
use cairn_engine::torture::{Point, Switch};
use std::path::PathBuf;

/// What a run, or a process it starts, is told.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    pub(super) rounds: Option<usize>,
    pub(super) seed: u64,
    pub(super) switch: Option<Switch>,
    /// Every round loses what was not synced.
    pub(super) power_cut: bool,
    pub(super) folder: Option<PathBuf>,
    /// Violations do not end the run.
    pub(super) goes_on: bool,
    /// Of a process that is started: which one it is.
    pub(super) number: usize,
    /// Where it dies, and at which passing.
    pub(super) dies_at: Option<(Point, u32)>,
    /// Whether it notes what reaches the disk.
    pub(super) notes_disk: bool,
    /// What it plays: see `race`.
    pub(super) role: String,
    /// How many notes are fought for.
    pub(super) notes: Option<usize>,
}

/// The points at which a process can be made to die: those of reading are passed too often to be between two steps.
pub(super) const POINTS: [Point; 20] = [
    Point::List,
    Point::Locked,
    Point::Record,
    Point::MakeFolder,
    Point::Create,
    Point::Write,
    Point::Sync,
    Point::Replace,
    Point::Rename,
    Point::Unname,
    Point::Link,
    Point::Unlink,
    Point::SyncFolder,
    Point::RemoveFolder,
    Point::Settle,
    Point::Tell,
    Point::Told,
    Point::Observe,
    Point::Apply,
    Point::Applied,
];

/// The switches by their names.
pub(super) const SWITCHES: [(&str, Switch); 4] = [
    ("lock", Switch::Lock),
    ("base", Switch::Base),
    ("fsync", Switch::Fsync),
    ("history", Switch::History),
];

impl Options {
    /// Reads them.
    pub(super) fn read(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            seed: 1,
            ..Self::default()
        };
        let mut arguments = arguments.iter();
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{name} of what?"));
            match name.as_str() {
                "--rounds" => options.rounds = Some(value()?.parse()?),
                "--seed" => options.seed = value()?.parse()?,
                "--switch" => options.switch = Some(switch(value()?)?),
                "--power-cut" => options.power_cut = true,
                "--dir" => options.folder = Some(PathBuf::from(value()?)),
                "--go-on" => options.goes_on = true,
                "--number" => options.number = value()?.parse()?,
                "--dies-at" => options.dies_at = Some(fatal(value()?)?),
                "--notes-disk" => options.notes_disk = true,
                "--role" => options.role.clone_from(value()?),
                "--notes" => options.notes = Some(value()?.parse()?),
                other => bail!("torture knows no {other}"),
            }
        }
        Ok(options)
    }

    /// The name of the switch that is turned, if one is.
    pub(super) fn switch_name(&self) -> Option<&'static str> {
        let turned = SWITCHES
            .into_iter()
            .find(|(_, switch)| Some(*switch) == self.switch);
        turned.map(|(name, _)| name)
    }
}

fn switch(name: &str) -> Result<Switch> {
    let found = SWITCHES.into_iter().find(|(known, _)| *known == name);
    Ok(found
        .with_context(|| format!("there is no switch {name}"))?
        .1)
}

fn fatal(text: &str) -> Result<(Point, u32)> {
    let (name, passing) = text.split_once(':').context("POINT:PASSING")?;
    let point = POINTS
        .into_iter()
        .find(|point| format!("{point:?}") == name)
        .with_context(|| format!("there is no point {name}"))?;
    Ok((point, passing.parse()?))
}
