//! The links a move concerns, from before it until they are told of.
//!
//! The parts are `links`, `plan`, `relink` and `broken`; this is their order. Invariant: links are looked at before
//! anything moves and written after it, so that a process that dies in between leaves notes moved and links old, never
//! links to where no note is yet.

use super::links::Source;
use super::moves::{Moves, Stage};
use super::{MovedLinks, UpdateLinks, broken};
use crate::{Cancel, Progress, Project, Result};
use cairn_history::ChangeId;
use cairn_index::Fault;

/// What is known of links before anything moves.
pub(super) struct Before {
    ends: broken::Ends,
    whose: broken::Whose,
    sources: Vec<Source>,
    links: MovedLinks,
}

impl Project<'_> {
    /// Looks at links before anything moves.
    pub(super) fn before(
        &self,
        moves: &Moves,
        update: UpdateLinks,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<Before> {
        let mut links = MovedLinks::default();
        let (whose, sources) = match update {
            UpdateLinks::No => (broken::Whose::Everyones, Vec::new()),
            UpdateLinks::Yes => (
                broken::Whose::Others,
                self.linked(moves, &mut links, progress, cancel)?,
            ),
        };
        Ok(Before {
            ends: self.ends(moves)?,
            whose,
            sources,
            links,
        })
    }

    /// Says what would become of links.
    pub(super) fn rehearsed(&self, before: Before, moves: &Moves) -> Result<MovedLinks> {
        let mut links = before.links;
        let plans = self.planned(before.sources, moves, Stage::Rehearsed, &mut links)?;
        links
            .edits
            .extend(plans.into_iter().flat_map(|plan| plan.edits));
        self.add_broken(
            &before.ends,
            moves,
            Stage::Rehearsed,
            before.whose,
            &mut links,
        )?;
        Ok(links)
    }

    /// Updates links after the move, and says which lead astray. The move is made: what fails now is told, not raised.
    pub(super) fn settled(
        &self,
        before: Before,
        moves: &Moves,
        change: ChangeId,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> MovedLinks {
        let mut links = before.links;
        let done = self
            .planned(before.sources, moves, Stage::Moved, &mut links)
            .and_then(|plans| {
                self.relink(plans, change, &mut links, progress, cancel);
                self.add_broken(&before.ends, moves, Stage::Moved, before.whose, &mut links)
            });
        if let Err(error) = done {
            links.failed.push(Fault {
                path: String::new(),
                message: error.to_string(),
            });
        }
        links
    }
}
