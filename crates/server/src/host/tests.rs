//! What a host remembers of projects when the registry changes.

use super::*;
use cairn_testkit::Vault;

struct Moving(Arc<Mutex<Settings>>);

impl Home for Moving {
    fn settings(&self) -> Result<Settings, HomeError> {
        Ok(locked(&self.0).clone())
    }

    fn changed(&self) -> bool {
        true
    }

    fn add_project(&self, _: &str, _: &Path, _: bool) -> Result<(), HomeError> {
        unreachable!("no project is added")
    }

    fn remove_project(&self, _: &str) -> Result<(), HomeError> {
        unreachable!("no project is removed")
    }

    fn now(&self) -> Zoned {
        Zoned::default()
    }

    fn diagnostics(&self) -> Diagnostics {
        Diagnostics::default()
    }
}

#[test]
fn a_project_whose_folder_is_another_one_is_not_indexed_yet() {
    let (old, new) = (Vault::new(""), Vault::new(""));
    let settings = Settings::in_memory("main", old.root().to_owned());
    let settings = Arc::new(Mutex::new(settings));
    let host = Host::new(Moving(Arc::clone(&settings)), HostOptions::default());
    assert!(host.engine().is_ok());
    host.set("main", Indexing::Complete);
    assert!(host.engine().is_ok());
    assert!(host.is_complete("main"), "nothing moved");
    locked(&settings).projects[0].root = new.root().to_owned();
    assert!(host.engine().is_ok());
    assert!(!host.is_complete("main"));
}
