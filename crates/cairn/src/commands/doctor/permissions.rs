//! Whether others may read what is only their owner's.
//!
//! Not whether this user may (the engine looks at that). Invariant: permissions are only taken away, never given.

use crate::settings::{Config, Home, keys};
use cairn_engine::doctor::{Check, Finding, Mended};

/// Checks who may read configuration, data and history.
#[cfg(unix)]
pub(super) fn check(home: &Home, config: &Config) -> Vec<Finding> {
    let open = open(home);
    if open.is_empty() {
        let message = "configuration and data are their owner's alone";
        return vec![Finding::ok(Check::Permissions, message)];
    }
    let secrets = [&keys::HTTP_TOKEN, &keys::SEMANTIC_EMBEDDING_API_KEY];
    let secret = secrets
        .into_iter()
        .find(|key| config.value(key).1 == crate::settings::Source::File);
    let told = |(path, mode): &(std::path::PathBuf, u32)| {
        let is_config = path == home.config();
        let message = format!("others may look into {} (mode {mode:04o})", path.display());
        let hint = "`cairn doctor --fix` takes that from them";
        let finding = match secret.filter(|_| is_config) {
            Some(secret) => Finding::problem(
                Check::Permissions,
                format!("{message}, which holds {}", secret.name),
                hint,
            ),
            None => Finding::warning(Check::Permissions, message, hint),
        };
        finding.fixable()
    };
    open.iter().map(told).collect()
}

/// Takes from others what they may do.
#[cfg(unix)]
pub(super) fn mend(home: &Home, findings: &[Finding]) -> Vec<Mended> {
    use std::os::unix::fs::PermissionsExt;
    let is_asked = |finding: &Finding| finding.check == Check::Permissions && finding.fixable;
    if !findings.iter().any(is_asked) {
        return Vec::new();
    }
    let close = |(path, mode): (std::path::PathBuf, u32)| {
        let own = mode & !OTHERS;
        let changed = std::fs::set_permissions(&path, PermissionsExt::from_mode(own));
        let shown = path.display();
        Mended {
            check: Check::Permissions,
            project: None,
            message: match changed {
                Ok(()) => format!("{shown} has mode {own:04o} now"),
                Err(error) => format!("not mended: cannot restrict {shown}: {error}"),
            },
        }
    };
    open(home).into_iter().map(close).collect()
}

/// What others may do.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// What others may look into, with its mode.
#[cfg(unix)]
fn open(home: &Home) -> Vec<(std::path::PathBuf, u32)> {
    use std::os::unix::fs::PermissionsExt as _;
    let index = home.index();
    let data = index.parent().map(std::path::Path::to_owned);
    let places = [
        Some(home.config().to_owned()),
        data,
        Some(index.with_file_name("history.db")),
    ];
    let modes = places.into_iter().flatten().filter_map(|path| {
        let mode = std::fs::metadata(&path).ok()?.permissions().mode() & 0o7777;
        Some((path, mode)).filter(|_| mode & OTHERS != 0)
    });
    modes.collect()
}

/// Nobody is asked here: files belong to whoever's folder they are in.
#[cfg(not(unix))]
pub(super) fn check(_home: &Home, _config: &Config) -> Vec<Finding> {
    Vec::new()
}

/// Nobody is asked here.
#[cfg(not(unix))]
pub(super) fn mend(_home: &Home, _findings: &[Finding]) -> Vec<Mended> {
    Vec::new()
}
