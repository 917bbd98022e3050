//! Folders as people name them, and as they are.
//!
//! Invariant: nothing here creates or changes anything.

use crate::failure::{Failure, Result};
use cairn_engine::Kind;
use std::path::{Component, Path, PathBuf};

/// Returns an absolute path: `~` is the home directory, anything relative is below the current folder.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf> {
    let path = expand(path)?;
    std::path::absolute(&path).map_err(|error| {
        let message = format!("cannot make {} absolute: {error}", path.display());
        Failure::new(
            if path.as_os_str().is_empty() {
                Kind::Invalid
            } else {
                Kind::Io
            },
            message,
        )
    })
}

/// Replaces a leading `~` by the home directory.
pub(super) fn expand(path: &Path) -> Result<PathBuf> {
    match path.strip_prefix("~") {
        Ok(rest) => match etcetera::home_dir() {
            Ok(home) => Ok(home.join(rest)),
            Err(_) => Err(Failure::new(
                Kind::Io,
                "there is no home directory to put in place of ~",
            )),
        },
        Err(_) => Ok(path.to_owned()),
    }
}

/// Returns where an absolute path leads, links followed as far as it exists.
pub(super) fn real(path: &Path) -> PathBuf {
    let mut missing = Vec::new();
    for ancestor in path.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            let real = plain(&real);
            return missing
                .iter()
                .rev()
                .fold(real, |path, part: &&std::ffi::OsStr| path.join(part));
        }
        missing.extend(ancestor.file_name());
    }
    path.to_owned()
}

/// Returns a path without the `\\?\` Windows puts before canonical ones.
fn plain(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    match text.strip_prefix(r"\\?\") {
        Some(rest) if !rest.starts_with("UNC") => PathBuf::from(rest),
        _ => path.to_owned(),
    }
}

/// Whether a path goes up with `..` somewhere.
pub(super) fn goes_up(path: &Path) -> bool {
    path.components()
        .any(|component| component == Component::ParentDir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_not_there_is_real_as_far_as_it_is() {
        let folder = tempfile::tempdir().expect("the system's temporary folder is writable");
        let root = folder.path().canonicalize().expect("it exists");
        assert_eq!(real(&folder.path().join("a/b")), root.join("a/b"));
        assert_eq!(
            real(&folder.path().join("..")),
            root.parent().expect("it has one")
        );
    }
}
