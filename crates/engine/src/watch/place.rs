//! Which folder it is, and whether it is on this machine.
//!
//! Not what is in it. Invariant: a folder of which nothing can be told is taken for one of this machine, since a watch
//! that fails is found out.

use std::path::Path;
use std::time::SystemTime;

/// Which folder it is of all that had its name.
pub(super) type Which = (u64, u64, Option<SystemTime>);

/// Returns which folder it is; `None` when none is there.
pub(super) fn which(root: &Path) -> Option<Which> {
    let metadata = std::fs::metadata(root).ok()?;
    #[cfg(unix)]
    let (device, number) = {
        use std::os::unix::fs::MetadataExt as _;
        (metadata.dev(), metadata.ino())
    };
    #[cfg(not(unix))]
    let (device, number) = (0, 0);
    // A number is given again soon.
    Some((device, number, metadata.created().ok()))
}

/// Whether others may change the folder without this system telling: it is on a network, or in the hands of a program.
#[cfg(target_os = "linux")]
pub(crate) fn is_remote(root: &Path) -> bool {
    // 32 bits everywhere, however wide the field is.
    rustix::fs::statfs(root)
        .is_ok_and(|statistics| is_remote_kind((statistics.f_type & 0xffff_ffff) as u32))
}

/// Whether others may change the folder without this system telling; elsewhere nobody is asked.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_remote(_root: &Path) -> bool {
    false
}

/// The kinds of file systems, as Linux numbers them, whose other users it hears nothing of.
#[cfg(target_os = "linux")]
fn is_remote_kind(kind: u32) -> bool {
    const NFS: u32 = 0x6969;
    const SMB: u32 = 0x517b;
    const CIFS: u32 = 0xff53_4d42;
    const SMB2: u32 = 0xfe53_4d42;
    // sshfs, rclone, davfs and many more.
    const FUSE: u32 = 0x6573_5546;
    // The folders of Windows in WSL, and those of a host in many virtual machines.
    const PLAN9: u32 = 0x0102_1997;
    const VBOX: u32 = 0x786f_4256;
    const VMWARE: u32 = 0xbacb_acbc;
    const AFS: u32 = 0x5346_414f;
    const KAFS: u32 = 0x6b41_4653;
    const CODA: u32 = 0x7375_7245;
    const CEPH: u32 = 0x00c3_6400;
    const LUSTRE: u32 = 0x0bd0_0bd0;
    const GFS2: u32 = 0x0116_1970;
    const OCFS2: u32 = 0x7461_636f;
    matches!(
        kind,
        NFS | SMB
            | CIFS
            | SMB2
            | FUSE
            | PLAN9
            | VBOX
            | VMWARE
            | AFS
            | KAFS
            | CODA
            | CEPH
            | LUSTRE
            | GFS2
            | OCFS2
    )
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn network_drives_are_told_from_disks() {
        let (ext4, tmpfs, btrfs, nfs) = (0xef53, 0x0102_1994, 0x9123_683e, 0x6969);
        assert!(
            [ext4, tmpfs, btrfs]
                .into_iter()
                .all(|it| !is_remote_kind(it))
        );
        assert!(is_remote_kind(nfs));
        // A place that always is of this machine.
        assert!(!is_remote(Path::new("/proc")));
        assert!(!is_remote(Path::new("/no/such/folder")));
    }
}
