//! Edits as files: each `data/edit/*.txt` has a text, an edit, and what comes of it.
//!
//! Lines beginning with `%%%` divide a file: `%%% text`, then the operation with the section or the expected
//! count behind its name (`replace_section_only` keeps subsections) and its content below, then `%%% result` or
//! `%%% error`. Files named `A36-…` are edge cases of the reference by their number. With `CAIRN_BLESS` set, the
//! last part is written anew, to be reviewed as a diff.

use std::fs;
use std::path::Path;

use cairn_note::edit::{Edit, Subsections, edit};

/// A part of a file: the words behind its `%%%`, and the lines below.
struct Part {
    head: String,
    text: String,
}

fn parts(file: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in file.split_inclusive('\n') {
        if let Some(head) = line.strip_prefix("%%% ") {
            parts.push(Part {
                head: head.trim_end_matches('\n').to_owned(),
                text: String::new(),
            });
        } else if let Some(part) = parts.last_mut() {
            part.text.push_str(line);
        }
    }
    parts
}

/// Content is written without the newline that ends its last line.
fn content(part: &Part) -> String {
    let text = &part.text;
    text.strip_suffix('\n').unwrap_or(text).to_owned()
}

fn read_edit(operation: &Part, with: Option<&Part>) -> Option<Edit> {
    let (name, argument) = operation
        .head
        .split_once(' ')
        .unwrap_or((&operation.head, ""));
    let section = argument.to_owned();
    let content = content(operation);
    Some(match name {
        "append" => Edit::Append { content },
        "prepend" => Edit::Prepend { content },
        "find_replace" => Edit::FindReplace {
            find: content,
            replace: self::content(with?),
            expected: argument.parse().ok()?,
        },
        "replace_section" => Edit::ReplaceSection {
            section,
            content,
            subsections: Subsections::Replace,
        },
        "replace_section_only" => Edit::ReplaceSection {
            section,
            content,
            subsections: Subsections::Keep,
        },
        "insert_before_section" => Edit::InsertBefore { section, content },
        "insert_after_section" => Edit::InsertAfter { section, content },
        _ => return None,
    })
}

fn edits_as_written(path: &Path) -> datatest_stable::Result<()> {
    let file = fs::read_to_string(path)?;
    let parts = parts(&file);
    let with = parts.iter().find(|part| part.head == "with");
    let text = &parts.first().ok_or("a file begins with %%% text")?.text;
    let operation = parts.get(1).ok_or("a file has an operation")?;
    let operation = read_edit(operation, with).ok_or("the operation is not known")?;
    let shown = match edit(text, &operation) {
        Ok(edited) => format!("%%% result\n{edited}"),
        Err(error) => format!("%%% error\n{error}\n"),
    };
    let cut = ["\n%%% result\n", "\n%%% error\n"]
        .iter()
        .find_map(|head| file.find(head));
    let given = cut.map_or(file.as_str(), |at| &file[..=at]);
    let now = format!("{given}{shown}");
    if std::env::var_os("CAIRN_BLESS").is_some() {
        fs::write(path, &now)?;
    } else if now != file {
        return Err(format!("wanted:\n{file}\nbut got:\n{shown}").into());
    }
    Ok(())
}

datatest_stable::harness! {
    { test = edits_as_written, root = "tests/data/edit", pattern = r"^.*\.txt$" },
}
