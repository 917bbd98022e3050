//! Where a Markdown link leads: a path from the folder of the note it stands in, or from the project's.
//!
//! It looks at no file. Invariant: a link keeps its style: from the note or from the project, with or without `.md`.

/// How the destination of a Markdown link is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    base: Base,
    has_extension: bool,
}

/// Where a path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    /// In the folder of the note that links.
    Note,
    /// In the project's folder.
    Project,
    /// There too, written with a slash before it.
    Slash,
}

/// Returns the file a destination leads to from a folder, and how that is written.
pub(super) fn found(
    name: &str,
    folder: &str,
    is_there: impl Fn(&str) -> bool,
) -> Option<(String, Style)> {
    let bases: &[(Base, &str)] = if name.starts_with('/') {
        &[(Base::Slash, "")]
    } else {
        &[(Base::Note, folder), (Base::Project, "")]
    };
    bases.iter().find_map(|(base, folder)| {
        let path = joined(folder, name)?;
        let with_extension = format!("{path}.md");
        let (path, has_extension) = if is_there(&path) {
            (path, true)
        } else if is_there(&with_extension) {
            (with_extension, false)
        } else {
            return None;
        };
        let style = Style {
            base: *base,
            has_extension,
        };
        Some((path, style))
    })
}

impl Style {
    /// Returns how a destination is written that leads to `target` from a folder, and was `name`; `None` when it
    /// leads there as it is.
    pub(super) fn respelled(self, name: &str, target: &str, folder: &str) -> Option<String> {
        let form = if self.has_extension {
            target
        } else {
            target.strip_suffix(".md").unwrap_or(target)
        };
        let from = match self.base {
            Base::Note => folder,
            Base::Project | Base::Slash => "",
        };
        if joined(from, name).as_deref() == Some(form) {
            return None;
        }
        Some(match self.base {
            Base::Project => form.to_owned(),
            Base::Slash => format!("/{form}"),
            Base::Note => {
                let path = from_folder(folder, form);
                if name.starts_with("./") && !path.starts_with("../") {
                    format!("./{path}")
                } else {
                    path
                }
            }
        })
    }
}

/// A path below a folder, without `.` and `..`; `None` when it leads out of the project or names nothing.
fn joined(folder: &str, name: &str) -> Option<String> {
    let mut components: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(components.pop()?),
            part => components.push(part),
        }
    }
    (!components.is_empty()).then(|| components.join("/"))
}

fn from_folder(folder: &str, path: &str) -> String {
    let ups: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let downs: Vec<&str> = path.split('/').collect();
    let common = ups
        .iter()
        .zip(&downs[..downs.len() - 1])
        .take_while(|(up, down)| up == down)
        .count();
    let mut parts = vec![".."; ups.len() - common];
    parts.extend(&downs[common..]);
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_found_and_written_in_their_style() {
        let is_there = |path: &str| ["n/Tea.md", "pic.png"].contains(&path);
        for (name, folder, target, expected) in [
            ("Tea.md", "n", "a/b/T.md", Some("../a/b/T.md")),
            ("./Tea.md", "n", "n/x/T.md", Some("./x/T.md")),
            ("../n/Tea", "m", "n/T.md", Some("../n/T")),
            ("n/Tea.md", "m/o", "a/T.md", Some("a/T.md")),
            ("/n/Tea.md", "m", "a/T.md", Some("/a/T.md")),
            ("../pic.png", "m", "pic.png", None),
            ("n/Tea", "", "n/Tea.md", None),
        ] {
            let (_, style) = found(name, folder, is_there).expect("it is there");
            let spelled = style.respelled(name, target, folder);
            assert_eq!(spelled.as_deref(), expected, "{name}");
        }
        assert_eq!(found("Tea.md", "m", is_there), None);
        assert_eq!(found("../../x", "m", is_there), None);
        assert_eq!(found("..", "m", is_there), None);
    }
}
