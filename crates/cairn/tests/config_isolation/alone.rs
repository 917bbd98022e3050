//! One reader, one writer: what a reload says, and what a change leaves alone.

use super::config_file::{Check, ConfigError, ConfigFile, Reload};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("config.toml")
}

fn file(text: &str) -> (TempDir, ConfigFile) {
    let folder = tempfile::tempdir().expect("the system's temporary folder is writable");
    fs::write(path(&folder), text).expect("the folder is writable");
    let check: Check = |document| match document.get("a") {
        Some(item) if item.as_integer().is_none() => Err("a must be a number".to_owned()),
        _ => Ok(()),
    };
    let file = ConfigFile::new(path(&folder), check);
    (folder, file)
}

#[test]
fn broken_text_keeps_the_last_good_configuration_and_says_so() {
    let (folder, mut file) = file("a = 1\n");
    assert!(matches!(file.reload(), Reload::Fresh));
    assert!(matches!(file.reload(), Reload::Unchanged));
    for (text, complaint) in [
        ("a = 1\nb = \n", "line 2"),
        ("a = 'x'\n", "a must be a number"),
    ] {
        fs::write(path(&folder), text).expect("the folder is writable");
        for _ in 0..2 {
            let Reload::Kept(error) = file.reload() else {
                panic!("{text:?} was taken")
            };
            assert!(error.to_string().contains(complaint), "{error}");
            assert_eq!(file.current()["a"].as_integer(), Some(1));
        }
    }
    fs::write(path(&folder), "a = 2\n").expect("the folder is writable");
    assert!(matches!(file.reload(), Reload::Fresh));
    assert_eq!(file.current()["a"].as_integer(), Some(2));
}

#[test]
fn comments_and_unknown_keys_survive() {
    let (folder, file) = file("# mine\na = 1 # one\n\n[future]\nkey = 'kept'\n");
    file.update(|document| {
        document["b"] = toml_edit::value(true);
        Ok::<_, ConfigError>(())
    })
    .expect("the folder is writable");
    let text = fs::read_to_string(path(&folder)).expect("the file is there");
    assert_eq!(
        text,
        "# mine\na = 1 # one\nb = true\n\n[future]\nkey = 'kept'\n"
    );
}

#[test]
fn a_change_that_fails_writes_nothing() {
    let (folder, file) = file("a = 1\n");
    let result = file.update(|document| {
        document["a"] = toml_edit::value(2);
        Err::<(), _>(ConfigError::Busy {
            path: PathBuf::new(),
        })
    });
    assert!(result.is_err());
    assert_eq!(
        fs::read_to_string(path(&folder)).expect("the file is there"),
        "a = 1\n"
    );
}

#[cfg(unix)]
#[test]
fn the_file_is_private_and_a_link_to_it_stays_a_link() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _) = file("a = 1\n");
    let link = folder.path().join("link.toml");
    std::os::unix::fs::symlink("config.toml", &link).expect("the folder is writable");
    let file = ConfigFile::new(link.clone(), |_| Ok(()));
    file.update(|document| {
        document["a"] = toml_edit::value(2);
        Ok::<_, ConfigError>(())
    })
    .expect("the folder is writable");
    assert!(link.is_symlink());
    let metadata = fs::metadata(path(&folder)).expect("the file is there");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}
