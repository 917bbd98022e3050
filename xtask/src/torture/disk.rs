//! Who is at every point of a process that is tortured: kills it, dawdles, and notes what reaches the disk.
//!
//! Invariant: a change of names and its lines in the log are one step, so that the log has them in the order in which
//! the disk saw them; what was noted before a folder's sync began is on the disk when it ended.

use cairn_engine::torture::{Point, Witness};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Who is at every point.
#[derive(Default)]
pub(super) struct Observer {
    fatal: Option<(Point, AtomicU32)>,
    log: Option<Mutex<Log>>,
    /// One of so many passings of a narrow place is slow; 0 is none.
    dawdles: u64,
    passings: AtomicU64,
}

struct Log {
    file: File,
    grave: PathBuf,
    next: u64,
}

impl Observer {
    /// Dies at the `n`th passing of a point.
    pub(super) fn dying_at(mut self, point: Point, passing: u32) -> Self {
        self.fatal = Some((point, AtomicU32::new(passing)));
        self
    }

    /// Takes its time at one of `many` passings between a last look and the change that follows.
    pub(super) fn dawdling(mut self, many: u64) -> Self {
        self.dawdles = many;
        self
    }

    /// Notes what reaches the disk, and keeps what loses its name.
    pub(super) fn noting(mut self, log: &Path, grave: &Path) -> io::Result<Self> {
        drop(File::create(log)?);
        self.log = Some(Mutex::new(Log {
            file: OpenOptions::new().append(true).open(log)?,
            grave: grave.to_owned(),
            next: 1,
        }));
        Ok(self)
    }

    /// Does something on the disk as the engine would: what other programs do is noted too.
    pub(super) fn act<T>(
        &self,
        point: Point,
        path: &Path,
        from: Option<&Path>,
        act: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        let (mut act, mut result) = (Some(act), None);
        self.disk(point, path, from, &mut || {
            let done = act.take().expect("it is done once")();
            let is_done = done.is_ok();
            result = Some(done);
            is_done
        });
        result.expect("it is done")
    }
}

impl Witness for Observer {
    fn passed(&self, point: Point, _path: &Path) {
        if let Some((fatal, left)) = &self.fatal
            && *fatal == point
            && left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            die();
        }
        if self.dawdles > 0 && matches!(point, Point::Rename | Point::Link | Point::Unlink) {
            let passing = self.passings.fetch_add(1, Ordering::Relaxed);
            if passing.is_multiple_of(self.dawdles) {
                std::thread::sleep(Duration::from_micros(300 + passing % 7 * 200));
            }
        }
    }

    fn disk(&self, point: Point, path: &Path, from: Option<&Path>, act: &mut dyn FnMut() -> bool) {
        let Some(log) = &self.log else {
            act();
            return;
        };
        let log = || log.lock().expect("nobody panics while noting");
        let inode = |path: &Path| fs::symlink_metadata(path).map_or(0, |found| found.ino());
        match point {
            Point::Write => {
                let inode = inode(from.unwrap_or(path));
                log().line(&format!("unsynced\t{inode}"));
                act();
            }
            Point::Sync => {
                let inode = inode(from.unwrap_or(path));
                if act() {
                    log().line(&format!("synced\t{inode}"));
                }
            }
            Point::SyncFolder => {
                let begun = log().number();
                if act() {
                    log().line(&format!("folder\t{begun}\t{}", path.display()));
                }
            }
            Point::Rename
            | Point::Link
            | Point::Unlink
            | Point::MakeFolder
            | Point::RemoveFolder => {
                let mut log = log();
                let number = log.number();
                let grave = log.grave.join(number.to_string());
                // What keeps its last name otherwise would be gone.
                let is_kept = path.is_file() && fs::hard_link(path, &grave).is_ok();
                let inode = from.map_or(0, inode);
                log.line(&format!(
                    "name\t{number}\t{point:?}\t{inode}\t{}\t{}",
                    u8::from(is_kept),
                    path.display()
                ));
                let is_done = act();
                log.line(&format!(
                    "{}\t{number}",
                    if is_done { "done" } else { "failed" }
                ));
                drop(log);
                if point == Point::MakeFolder {
                    // Time for others to find the folder there, before its maker syncs it.
                    std::thread::sleep(Duration::from_millis(25));
                }
            }
            _ => {
                act();
            }
        }
    }
}

impl Log {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn line(&mut self, text: &str) {
        self.file
            .write_all(format!("{text}\n").as_bytes())
            .expect("the log can be written");
    }
}

/// Ends this process as `kill -9` does.
fn die() -> ! {
    let ended =
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    ended.expect("a process may kill itself");
    loop {
        std::thread::park();
    }
}

/// The same observer for the engine, which wants one of its own.
pub(super) struct Shared(pub(super) Arc<Observer>);

impl Witness for Shared {
    fn passed(&self, point: Point, path: &Path) {
        self.0.passed(point, path);
    }

    fn disk(&self, point: Point, path: &Path, from: Option<&Path>, act: &mut dyn FnMut() -> bool) {
        self.0.disk(point, path, from, act);
    }
}
