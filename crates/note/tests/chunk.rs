//! Passages as files: each `data/chunk/*.md` beside a `.txt` with the passages it is cut into.
//!
//! With `CAIRN_BLESS` set, the expected files are written anew, to be reviewed as a diff.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use cairn_note::chunk::passages;

fn cuts_as_written(path: &Path) -> datatest_stable::Result<()> {
    let text = fs::read_to_string(path)?;
    let mut shown = String::new();
    for passage in passages(&text) {
        let heading_path = passage.heading_path.join(" › ");
        let words = text[passage.range.clone()].split_whitespace().count();
        writeln!(shown, "%%% {heading_path} · {words} words")?;
        writeln!(shown, "{}", text[passage.range].replace('\r', "␍"))?;
    }
    let expected = path.with_extension("txt");
    if std::env::var_os("CAIRN_BLESS").is_some() {
        fs::write(&expected, &shown)?;
    }
    let wanted = fs::read_to_string(&expected)?;
    if shown != wanted {
        return Err(format!("cut:\n{shown}\nbut {} says:\n{wanted}", expected.display()).into());
    }
    Ok(())
}

datatest_stable::harness! {
    { test = cuts_as_written, root = "tests/data/chunk", pattern = r"^.*\.md$" },
}
