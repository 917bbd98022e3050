//! Who is told when a note changes.
//!
//! It asks what the index knows of a resource, and compares: a file that the index does not know yet is no news.
//! Invariant: a client is told of a resource only when its text differs from what it last was, and then the index is in
//! step with it; a client that is gone costs nothing.

use super::resources;
use crate::host::{Changed, Host};
use crate::run::run;
use rmcp::model::{ErrorCode, ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{Peer, SubscriptionContext};
use rmcp::{ErrorData, RoleServer};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// How many resources one client may subscribe to.
const MOST: usize = 1024;

/// How long changes are gathered, so that many writes are looked at once.
const GATHER: Duration = Duration::from_millis(20);

/// What resources said when they were last looked at; `None` where there is none.
type Texts = BTreeMap<String, Option<u64>>;

/// The subscriptions of one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subscriptions(Arc<Held>);

#[derive(Debug, Default)]
struct Held {
    /// Those of the older revisions.
    texts: Mutex<Texts>,
    /// What resources said when a client of the stateless revision asked to be told.
    asked: Mutex<Texts>,
    is_followed: AtomicBool,
    gone: CancellationToken,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gone.cancel();
    }
}

impl Subscriptions {
    /// Begins to tell the client of changes, until it is gone. Once only.
    pub(crate) fn follow(&self, host: &Arc<Host>, peer: Peer<RoleServer>) {
        if self.0.is_followed.swap(true, Ordering::SeqCst) {
            return;
        }
        let (host, mut changes) = (Arc::clone(host), host.changes());
        // The connection holds what is subscribed to; when it ends, so does this.
        let (held, gone) = (Arc::downgrade(&self.0), self.0.gone.clone());
        tokio::spawn(async move {
            loop {
                let news = tokio::select! {
                    () = gone.cancelled() => return,
                    news = gather(&mut changes) => news,
                };
                let (Some(news), Some(held)) = (news, held.upgrade()) else {
                    return;
                };
                let texts = lock(&held.texts).clone();
                for (uri, text) in differing(&host, texts, &news).await {
                    if let Entry::Occupied(mut known) = lock(&held.texts).entry(uri.clone()) {
                        known.insert(text);
                    } else {
                        continue;
                    }
                    let told = ResourceUpdatedNotificationParam::new(uri);
                    if peer.notify_resource_updated(told).await.is_err() {
                        return;
                    }
                }
                if news.list && peer.notify_resource_list_changed().await.is_err() {
                    return;
                }
            }
        });
    }

    /// Adds a resource.
    pub(crate) fn add(&self, host: &Arc<Host>, uri: &str) -> Result<(), ErrorData> {
        let text = text_of(host, uri)?;
        let mut texts = lock(&self.0.texts);
        if texts.len() >= MOST && !texts.contains_key(uri) {
            let message = format!("No more than {MOST} resources may be subscribed to");
            return Err(ErrorData::invalid_request(message, None));
        }
        texts.insert(uri.to_owned(), Some(text));
        Ok(())
    }

    /// Takes a resource away.
    pub(crate) fn remove(&self, uri: &str) {
        lock(&self.0.texts).remove(uri);
    }

    /// Returns what of a wish to be told is granted, having looked what the resources say now: once the client has
    /// the answer, it is told of every change.
    pub(crate) fn grant(&self, host: &Arc<Host>, wish: &SubscriptionFilter) -> SubscriptionFilter {
        let mut granted = wish.clone();
        if let Some(uris) = &mut granted.resource_subscriptions {
            uris.truncate(MOST);
            let look = || {
                let texts = uris
                    .iter()
                    .map(|uri| (uri.clone(), text_of(host, uri).ok()));
                texts.collect::<Texts>()
            };
            // The protocol's library asks this where nothing can be awaited.
            let texts = match Handle::try_current().map(|handle| handle.runtime_flavor()) {
                Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(look),
                _ => look(),
            };
            let mut asked = lock(&self.0.asked);
            if asked.len() > MOST {
                asked.clear();
            }
            asked.extend(texts);
        }
        granted
    }

    /// Tells a client of the stateless revision of changes until it goes or the server ends.
    pub(crate) async fn listen(&self, host: &Arc<Host>, context: SubscriptionContext) {
        let mut changes = host.changes();
        let mut texts = Texts::new();
        for uri in context.accepted().resource_subscriptions.iter().flatten() {
            let text = lock(&self.0.asked).get(uri).copied().flatten();
            texts.insert(uri.clone(), text);
        }
        let told = async {
            // What changed between the answer and now is told of first.
            let mut news = News::everything(false);
            loop {
                for (uri, text) in differing(host, texts.clone(), &news).await {
                    texts.insert(uri.clone(), text);
                    if context.sink().notify_resource_updated(uri).await.is_err() {
                        return;
                    }
                }
                let is_wanted = context.accepted().resources_list_changed == Some(true);
                if news.list
                    && is_wanted
                    && context.sink().notify_resource_list_changed().await.is_err()
                {
                    return;
                }
                match gather(&mut changes).await {
                    Some(more) => news = more,
                    None => return,
                }
            }
        };
        tokio::select! {
            () = told => {}
            () = context.cancelled() => {}
            () = host.stopped() => {}
        }
    }
}

/// What changed, gathered.
#[derive(Debug, Clone)]
struct News {
    /// The slugs of the projects; `None` when it may have been any.
    projects: Option<Vec<String>>,
    list: bool,
}

impl News {
    fn everything(list: bool) -> Self {
        Self {
            projects: None,
            list,
        }
    }

    fn add(&mut self, changed: Changed) {
        self.list |= changed.list;
        match (&mut self.projects, changed.project) {
            (Some(projects), Some(project)) => {
                projects.push(cairn_note::permalink::slug(&project));
            }
            (projects, _) => *projects = None,
        }
    }

    /// Whether the text of a resource may be another now, where these are the slugs of all projects: an address that
    /// begins with one that did not change is passed over.
    fn may_concern(&self, uri: &str, all: &[String]) -> bool {
        let Some(changed) = &self.projects else {
            return true;
        };
        let first = uri
            .strip_prefix("memory://")
            .and_then(|rest| rest.split('/').next());
        first.is_none_or(|first| {
            let is_first = |project: &String| project == first;
            changed.iter().any(is_first) || !all.iter().any(is_first)
        })
    }
}

/// Waits for a change, and for those that come right after it.
async fn gather(changes: &mut Receiver<Changed>) -> Option<News> {
    let mut news = News {
        projects: Some(Vec::new()),
        list: false,
    };
    match changes.recv().await {
        Ok(changed) => news.add(changed),
        Err(RecvError::Lagged(_)) => news = News::everything(true),
        Err(RecvError::Closed) => return None,
    }
    tokio::time::sleep(GATHER).await;
    loop {
        match changes.try_recv() {
            Ok(changed) => news.add(changed),
            Err(tokio::sync::broadcast::error::TryRecvError::Lagged(_)) => {
                news = News::everything(true);
            }
            Err(_) => return Some(news),
        }
    }
}

/// Returns the resources whose text is not what it was, and what it is.
async fn differing(host: &Arc<Host>, texts: Texts, news: &News) -> Vec<(String, Option<u64>)> {
    if texts.is_empty() {
        return Vec::new();
    }
    let (host, news) = (Arc::clone(host), news.clone());
    let differing = run(move || {
        let Ok(engine) = host.engine() else {
            return Vec::new();
        };
        let all: Vec<String> = engine
            .projects()
            .map(|project| project.settings().slug())
            .collect();
        let now = texts
            .into_iter()
            .filter(|(uri, _)| news.may_concern(uri, &all))
            .filter_map(|(uri, before)| {
                let now = match text_of(&host, &uri) {
                    Ok(text) => Some(text),
                    Err(error) if error.code == ErrorCode::RESOURCE_NOT_FOUND => None,
                    // It cannot be read now; the next change asks again.
                    Err(_) => return None,
                };
                (now != before).then_some((uri, now))
            });
        now.collect()
    });
    differing.await.unwrap_or_default()
}

/// Returns what stands for the text of a resource as the index knows it: equal for equal texts.
fn text_of(host: &Arc<Host>, uri: &str) -> Result<u64, ErrorData> {
    let mut hasher = DefaultHasher::new();
    resources::known(host, uri)?.hash(&mut hasher);
    Ok(hasher.finish())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_looked_at_unless_another_project_changed() {
        let mut news = News {
            projects: Some(Vec::new()),
            list: false,
        };
        news.add(Changed {
            project: Some("My Notes".to_owned()),
            list: false,
        });
        let all = ["my-notes".to_owned(), "other".to_owned()];
        for (uri, concerned) in [
            ("memory://my-notes/a", true),
            ("memory://other/a", false),
            ("memory://folder/a", true),
            ("memory://My%20Notes/a", true),
            ("memory://", true),
            ("file:///a", true),
        ] {
            assert_eq!(news.may_concern(uri, &all), concerned, "{uri}");
        }
        news.add(Changed {
            project: None,
            list: true,
        });
        assert!(news.may_concern("memory://other/a", &all));
        assert!(news.list);
    }
}
