//! A folder of files that lives as long as the test, written as one string.
//!
//! It is not a project: it knows no settings and no index.
//! Invariant: every path it takes is relative to its root and stays below it.

use std::fmt;
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

/// Begins the line that names a file in the text of a vault.
const MARKER: &str = "//- ";

/// A temporary folder of files, removed when dropped.
///
/// Every method panics, naming the path, when the file system refuses: in a test that is a failure.
#[derive(Debug)]
pub struct Vault {
    directory: TempDir,
}

impl Vault {
    /// Writes the files `text` describes into a new temporary folder.
    ///
    /// A line `//- folder/name.md` begins a file; the lines up to the next such line are its content, byte
    /// for byte. An empty text is an empty vault.
    ///
    /// # Panics
    ///
    /// When text other than blank lines stands before the first marker, or a file is named twice.
    ///
    /// ```
    /// let vault = cairn_testkit::Vault::new("//- notes/tea.md\n# Tea\n//- b.md\n");
    /// assert_eq!(vault.read("notes/tea.md"), "# Tea\n");
    /// assert_eq!(vault.read("b.md"), "");
    /// ```
    pub fn new(text: &str) -> Self {
        let vault = Self {
            directory: tempfile::Builder::new()
                .prefix("vault-")
                .tempdir()
                .expect("the system's temporary folder is writable"),
        };
        for (path, content) in split(text) {
            let absolute = vault.path(path);
            assert!(!absolute.exists(), "{path} is in the vault twice");
            vault.write(path, content);
        }
        vault
    }

    /// Returns the folder itself.
    pub fn root(&self) -> &Path {
        self.directory.path()
    }

    /// Returns where the file named `relative` is, whether or not it exists.
    ///
    /// # Panics
    ///
    /// When `relative` is absolute or has a `..` in it.
    pub fn path(&self, relative: &str) -> PathBuf {
        let inside = Path::new(relative)
            .components()
            .all(|component| matches!(component, Component::Normal(_) | Component::CurDir));
        assert!(inside, "{relative} leads out of the vault");
        self.root().join(relative)
    }

    /// Writes a file, replacing it where it exists and making its folders where they do not.
    pub fn write(&self, relative: &str, text: &str) {
        self.write_bytes(relative, text.as_bytes());
    }

    /// Writes a file that need not be UTF-8, as [`Self::write`] does.
    pub fn write_bytes(&self, relative: &str, bytes: &[u8]) {
        let path = self.path(relative);
        self.make_parent(&path);
        fs::write(&path, bytes).unwrap_or_else(|error| refused("write", &path, &error));
    }

    /// Returns the text of a file.
    ///
    /// # Panics
    ///
    /// When the file does not exist or is not UTF-8.
    pub fn read(&self, relative: &str) -> String {
        let path = self.path(relative);
        fs::read_to_string(&path).unwrap_or_else(|error| refused("read", &path, &error))
    }

    /// Whether a file or folder of that name exists.
    pub fn has(&self, relative: &str) -> bool {
        self.path(relative).exists()
    }

    /// Removes a file, or a folder with all that is in it.
    pub fn remove(&self, relative: &str) {
        let path = self.path(relative);
        let removed = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.unwrap_or_else(|error| refused("remove", &path, &error));
    }

    /// Moves a file or folder, making the folders above its new name.
    pub fn rename(&self, from: &str, to: &str) {
        let (from, to) = (self.path(from), self.path(to));
        self.make_parent(&to);
        fs::rename(&from, &to).unwrap_or_else(|error| refused("rename", &from, &error));
    }

    /// Sets the time at which a file says it was last changed.
    pub fn set_mtime(&self, relative: &str, time: SystemTime) {
        let path = self.path(relative);
        File::options()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_modified(time))
            .unwrap_or_else(|error| refused("set the time of", &path, &error));
    }

    /// Returns every file below the root, hidden ones too: its path with `/` between the parts, and its bytes.
    ///
    /// Sorted by path. A symbolic link counts as a file that holds the path it points to.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        collect(self.root(), "", &mut files);
        files.sort();
        files
    }

    /// Returns what is in the vault now, to be compared with what is in it later.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.files())
    }

    fn make_parent(&self, path: &Path) {
        let parent = path.parent().unwrap_or_else(|| self.root());
        fs::create_dir_all(parent).unwrap_or_else(|error| refused("create", parent, &error));
    }
}

/// Every byte of a vault at one moment. Two are equal when every file is byte for byte the same.
#[derive(PartialEq, Eq)]
pub struct Snapshot(Vec<(String, Vec<u8>)>);

/// Prints as the text [`Vault::new`] takes, so that a failed `assert_eq!` can be read.
impl fmt::Debug for Snapshot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, bytes) in &self.0 {
            let text = String::from_utf8_lossy(bytes);
            let end = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                "⏎ no newline at the end\n"
            };
            write!(out, "\n{MARKER}{path}\n{text}{end}")?;
        }
        Ok(())
    }
}

/// Cuts the text of a vault into its files.
fn split(text: &str) -> Vec<(&str, &str)> {
    let mut starts = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix(MARKER) {
            starts.push((offset, offset + line.len(), path.trim()));
        }
        offset += line.len();
    }
    let first = starts.first().map_or(text.len(), |start| start.0);
    assert!(
        text[..first].trim().is_empty(),
        "text before the first `{MARKER}` line: {:?}",
        &text[..first]
    );
    let ends = starts
        .iter()
        .skip(1)
        .map(|start| start.0)
        .chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&(_, begin, path), end)| (path, &text[begin..end]))
        .collect()
}

fn collect(directory: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) {
    let entries =
        fs::read_dir(directory).unwrap_or_else(|error| refused("list", directory, &error));
    for entry in entries {
        let entry = entry.unwrap_or_else(|error| refused("list", directory, &error));
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry
            .file_type()
            .unwrap_or_else(|error| refused("look at", &path, &error));
        if kind.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else if kind.is_symlink() {
            let target =
                fs::read_link(&path).unwrap_or_else(|error| refused("read", &path, &error));
            files.push((name, target.to_string_lossy().into_owned().into_bytes()));
        } else {
            files.push((
                name,
                fs::read(&path).unwrap_or_else(|error| refused("read", &path, &error)),
            ));
        }
    }
}

fn refused(verb: &str, path: &Path, error: &std::io::Error) -> ! {
    panic!("cannot {verb} {}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_text_becomes_files_byte_for_byte() {
        let vault = Vault::new(
            "\n//- a/b c.md\n---\ntitle: Tee\n---\n\nGrüner Tee\n//- leer.md\n//- last.md\r\nno newline",
        );
        let files = vault.files();
        let expected: [(&str, &str); 3] = [
            ("a/b c.md", "---\ntitle: Tee\n---\n\nGrüner Tee\n"),
            ("last.md", "no newline"),
            ("leer.md", ""),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect();
        assert_eq!(files, expected);
    }

    #[test]
    fn an_empty_text_is_an_empty_vault_that_is_gone_when_dropped() {
        let vault = Vault::new("");
        let root = vault.root().to_owned();
        assert!(root.is_dir());
        assert_eq!(vault.files(), []);
        drop(vault);
        assert!(!root.exists());
    }

    #[test]
    fn files_are_written_moved_and_removed() {
        let vault = Vault::new("//- a.md\none\n");
        vault.write("deep/er/b.md", "two\n");
        vault.write_bytes("c.md", &[0xff, 0x00]);
        vault.rename("a.md", "new/a.md");
        assert_eq!(vault.read("new/a.md"), "one\n");
        assert!(!vault.has("a.md"));
        vault.remove("deep");
        vault.remove("new/a.md");
        assert_eq!(vault.files(), [("c.md".to_owned(), vec![0xff, 0x00])]);
    }

    #[test]
    fn one_changed_byte_or_one_stray_file_changes_the_snapshot() {
        let vault = Vault::new("//- a.md\none\n");
        let before = vault.snapshot();
        assert_eq!(before, vault.snapshot());
        vault.write("a.md", "one");
        assert_ne!(before, vault.snapshot());
        vault.write("a.md", "one\n");
        assert_eq!(before, vault.snapshot());
        vault.write(".a.md.tmp", "");
        assert_ne!(before, vault.snapshot());
        assert_eq!(format!("{before:?}"), "\n//- a.md\none\n");
    }

    #[test]
    fn a_time_is_kept() {
        let vault = Vault::new("//- a.md\none\n");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        vault.set_mtime("a.md", time);
        let metadata = fs::metadata(vault.path("a.md")).expect("the file is there");
        assert_eq!(
            metadata.modified().expect("this file system keeps times"),
            time
        );
    }

    #[test]
    #[should_panic(expected = "leads out of the vault")]
    fn no_path_leads_out() {
        Vault::new("").write("../escape.md", "");
    }

    #[test]
    #[should_panic(expected = "text before the first")]
    fn text_before_the_first_marker_is_a_slip() {
        drop(Vault::new("# Tea\n//- tea.md\n"));
    }

    #[test]
    #[should_panic(expected = "in the vault twice")]
    fn a_file_named_twice_is_a_slip() {
        drop(Vault::new("//- tea.md\n//- tea.md\n"));
    }
}
