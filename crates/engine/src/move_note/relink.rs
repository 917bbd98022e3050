//! Writing links anew, note by note, as part of the move.
//!
//! What is written was planned before. Invariant: a note that is not what it was when its links were read keeps them and
//! is named; the others go on.

use super::plan::Plan;
use super::{BrokenLink, MovedLinks, failure};
use crate::accept::{Act, Did, GROUP, Task};
use crate::{Cancel, Error, Progress, Project, Result};
use cairn_history::{ChangeId, Content, Hash, Operation};
use cairn_note::NotePath;
use cairn_note::link::rewrite;

impl Project<'_> {
    /// Rewrites the links as part of `change`; asked to stop, it leaves the others as they are.
    pub(super) fn relink(
        &self,
        mut plans: Vec<Plan>,
        change: ChangeId,
        links: &mut MovedLinks,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) {
        progress.begin("update links", Some(plans.len() as u64));
        while !plans.is_empty() && !cancel.is_cancelled() {
            let rest = plans.split_off(plans.len().min(GROUP));
            let count = plans.len() as u64;
            self.relink_together(plans, change, links);
            progress.advance(count);
            plans = rest;
        }
        links.cancelled = !plans.is_empty();
        let left = plans.into_iter().flat_map(|plan| plan.edits);
        links.broken.extend(left.map(|edit| BrokenLink {
            path: edit.path,
            link: edit.old,
        }));
    }

    /// Rewrites the links of a few notes, under the locks of all of them.
    fn relink_together(&self, plans: Vec<Plan>, change: ChangeId, links: &mut MovedLinks) {
        let paths: Vec<&NotePath> = plans.iter().map(|plan| &plan.path).collect();
        let _guard = match self.lock_all(&paths) {
            Ok(guard) => guard,
            Err(error) => {
                let held = paths.into_iter().map(|path| failure(path, &error));
                links.failed.extend(held);
                return;
            }
        };
        let (mut tasks, mut ready) = (Vec::new(), Vec::new());
        for plan in plans {
            match self.rewritten(&plan) {
                Ok(task) => {
                    tasks.push(task);
                    ready.push(plan);
                }
                Err(error) => links.failed.push(failure(&plan.path, &error)),
            }
        }
        let mut did = Did {
            change: Some(change),
            ..Did::default()
        };
        self.change_together(&tasks, Operation::Edit, &mut did);
        for (plan, came) in ready.into_iter().zip(did.each) {
            match came {
                Ok(()) => links.edits.extend(plan.edits),
                Err(error) => links.failed.push(failure(&plan.path, &error)),
            }
        }
    }

    /// Returns the task of writing one note, if it is what it was when its links were read.
    fn rewritten(&self, plan: &Plan) -> Result<Task> {
        let path = &plan.path;
        let record = self.record_at(path)?.ok_or_else(|| Error::gone(path))?;
        let found = match self.found(path)? {
            Some(found) if found.checksum == plan.base => found,
            found => {
                return Err(Error::Changed {
                    path: path.to_string(),
                    expected: plan.base.clone(),
                    found: found.map(|found| found.checksum),
                });
            }
        };
        let text = rewrite(found.text(path)?, &plan.places);
        Ok(Task::new(
            path.clone(),
            Act::Write {
                note: self.history_id(&record)?,
                text: Content::Bytes(text.into_bytes()),
                base: Some(Hash::of(&found.bytes)),
            },
        ))
    }
}
