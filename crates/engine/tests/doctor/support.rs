//! What the tests of the doctor share.

use cairn_engine::doctor::{Finding, Mended, Severity, examine, mend};
use cairn_engine::{Cancel, Engine, IndexLocation, ProjectSettings, Settings, Silent};
use cairn_index::Index;
use cairn_testkit::Vault;
use jiff::Timestamp;

/// Folders of notes, and a folder beside them with index and history, as patients.
pub(crate) struct Ward {
    pub(crate) vault: Vault,
    pub(crate) settings: Settings,
}

impl Ward {
    /// A project `main` in the folder `notes`, whose index was never made.
    pub(crate) fn new(text: &str) -> Self {
        let vault = Vault::new(text);
        let root = vault.path("notes");
        std::fs::create_dir_all(&root).expect("a temporary folder is writable");
        let settings = Settings {
            index: IndexLocation::File(vault.path("data/index.db")),
            clock: Timestamp::now,
            ..Settings::in_memory("main", root)
        };
        Self { vault, settings }
    }

    /// As [`Self::new`], in step.
    pub(crate) fn synced(text: &str) -> Self {
        let ward = Self::new(text);
        ward.sync();
        ward
    }

    pub(crate) fn sync(&self) {
        for project in self.engine().projects() {
            project
                .sync(&Silent, &Cancel::new())
                .expect("a folder syncs");
        }
        self.index();
    }

    /// Opens the index by itself; whoever closes it without having read folds its log back.
    pub(crate) fn index(&self) -> Option<Index> {
        match &self.settings.index {
            IndexLocation::File(path) => {
                let index = Index::open(path, &cairn_index::Options::default());
                Some(index.expect("a whole index opens"))
            }
            IndexLocation::Memory => None,
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::open(self.settings.clone()).expect("a whole index opens")
    }

    /// Registers a folder as one more project.
    pub(crate) fn add(&mut self, name: &str, folder: &str) {
        self.settings.projects.push(ProjectSettings {
            name: name.to_owned(),
            root: self.vault.path(folder),
        });
    }

    /// Looks, and sees that this changes no byte of notes, index or history.
    pub(crate) fn examine(&self) -> Vec<Finding> {
        let before = self.files();
        let findings = examine(&self.settings, None, &Silent, &Cancel::new());
        let findings = findings.expect("a sick patient is no error");
        assert_eq!(self.files(), before, "looking changes nothing");
        findings
    }

    /// What is not well, as lines: severity, check, project, message, items.
    pub(crate) fn ills(&self) -> Vec<String> {
        self.told(&self.examine())
    }

    /// Mends what can be mended, and sees that this changes no byte of a note.
    pub(crate) fn mend(&self) -> Vec<String> {
        let notes = self.notes();
        let mended = mend(&self.settings, &self.examine(), &Silent, &Cancel::new());
        assert_eq!(self.notes(), notes, "mending changes no note");
        let mended = mended.expect("it can be mended").into_iter();
        let line = |mended: Mended| {
            let project = mended.project.unwrap_or_default();
            self.mask(&format!(
                "{} {project}: {}",
                mended.check.name(),
                mended.message
            ))
        };
        mended.map(line).collect()
    }

    pub(crate) fn told(&self, findings: &[Finding]) -> Vec<String> {
        let ill = findings
            .iter()
            .filter(|finding| finding.severity != Severity::Ok);
        ill.map(|finding| self.line(finding)).collect()
    }

    pub(crate) fn line(&self, finding: &Finding) -> String {
        let project = finding.project.as_deref().unwrap_or_default();
        let mut line = format!(
            "{} {} {project}: {}",
            finding.severity.name(),
            finding.check.name(),
            finding.message
        );
        for item in &finding.items {
            line.extend([" | ", item]);
        }
        self.mask(&line)
    }

    fn mask(&self, line: &str) -> String {
        line.replace(&self.vault.root().display().to_string(), "ROOT")
    }

    /// Every file but what SQLite keeps beside a database while it is open.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = self.vault.files();
        files.retain(|(path, _)| !path.ends_with("-wal") && !path.ends_with("-shm"));
        files
    }

    fn notes(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = self.vault.files();
        files.retain(|(path, _)| path.ends_with(".md"));
        files
    }
}
