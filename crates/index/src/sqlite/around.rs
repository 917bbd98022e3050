//! Walks over the graph.
//!
//! Not search. Invariant: a walk ends, visits a note once at its least depth, and gives the same answer for the
//! same graph.

use super::Session;
use crate::Result;
use crate::record::{Edge, Graph, NoteId, Reach, RelationRecord};
use std::collections::HashSet;

impl Session<'_> {
    /// Returns the neighbourhood of some notes, over relations in both directions and of all projects.
    ///
    /// Relations of the seeds that resolve to nothing are in it too, with no note at their end.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn around(&self, seeds: &[NoteId], reach: Reach) -> Result<Graph> {
        let mut graph = Graph::default();
        let mut visited: HashSet<NoteId> = seeds.iter().copied().collect();
        let mut walked: HashSet<(NoteId, String, String)> = HashSet::new();
        let mut frontier = seeds.to_vec();
        for depth in 1..=reach.depth {
            let mut next = Vec::new();
            for note in frontier {
                let outgoing = self.relations(note)?;
                let steps = outgoing
                    .into_iter()
                    .map(|relation| (relation.resolved, relation));
                let incoming = self.backlinks(note)?;
                let steps = steps.chain(
                    incoming
                        .into_iter()
                        .map(|relation| (Some(relation.source), relation)),
                );
                for (end, mut relation) in steps {
                    let unresolved_further_off = end.is_none() && depth > 1;
                    if unresolved_further_off || !walked.insert(key(&relation)) {
                        continue;
                    }
                    match end {
                        Some(end) if !visited.contains(&end) => {
                            if graph.notes.len() == reach.limit {
                                continue;
                            }
                            let Some(record) = self.by_id(end)? else {
                                continue;
                            };
                            if reach.within.is_some_and(|only| record.project != only) {
                                let leads_out = relation.resolved.take() == Some(end);
                                if leads_out && depth == 1 {
                                    graph.edges.push(Edge { depth, relation });
                                }
                                continue;
                            }
                            if reach.since.is_some_and(|since| record.modified < since) {
                                continue;
                            }
                            visited.insert(end);
                            next.push(end);
                            graph.notes.push((depth, record));
                        }
                        _ => {}
                    }
                    graph.edges.push(Edge { depth, relation });
                }
            }
            frontier = next;
        }
        Ok(graph)
    }
}

/// What makes two relations of one note the same: type and written target.
fn key(relation: &RelationRecord) -> (NoteId, String, String) {
    (
        relation.source,
        relation.relation_type.clone(),
        relation.target.clone(),
    )
}
