//! `cairn ls`.

use crate::failure::Result;
use crate::invocation::Invocation;
use crate::output::{Answer, json, one_line, text};
use cairn_engine::{ListingRequest, ListingRow, Sort};
use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

/// Arguments of `cairn ls`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder; the whole project where it is missing
    #[arg(default_value = "", hide_default_value = true)]
    folder: String,
    /// How many folders deep, 1 to 10
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = RangedU64ValueParser::<usize>::new().range(1..=10))]
    depth: usize,
    /// Only file names that match: *.md
    #[arg(long, value_name = "GLOB")]
    glob: Option<String>,
    /// The order
    #[arg(long, value_enum, default_value_t = Order::Name)]
    sort: Order,
    /// The page, counted from 1
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    page: usize,
    /// Rows of a page, at most 200
    #[arg(short = 'n', long, default_value_t = 200, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=200))]
    page_size: usize,
}

/// The order of a listing.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    /// Folders first, then by name
    Name,
    /// By title
    Title,
    /// By title, backwards
    TitleDescending,
    /// Oldest change first
    Oldest,
    /// Latest change first
    Latest,
}

/// Lists a folder.
pub(crate) fn run(invocation: &Invocation, arguments: Arguments) -> Result<Answer> {
    let request = ListingRequest {
        folder: arguments.folder,
        depth: arguments.depth,
        glob: arguments.glob,
        sort: match arguments.sort {
            Order::Name => Sort::Name,
            Order::Title => Sort::TitleAscending,
            Order::TitleDescending => Sort::TitleDescending,
            Order::Oldest => Sort::UpdatedAscending,
            Order::Latest => Sort::UpdatedDescending,
        },
        page: arguments.page,
        page_size: arguments.page_size,
    };
    let engine = invocation.engine()?;
    let project = invocation.project_in_step(&engine)?;
    let listing = project.list_directory(&request)?;
    let json = json!({
        "folder": request.folder,
        "page": request.page,
        "page_size": request.page_size,
        "total": listing.total,
        "has_more": listing.has_more,
        "rows": listing.rows.iter().map(row_json).collect::<Vec<_>>(),
    });
    let rows: Vec<_> = listing.rows.iter().map(row_cells).collect();
    let answer = Answer::new(invocation.style().rows(&text::HEADING, &rows), json);
    Ok(match (listing.rows.is_empty(), listing.has_more) {
        (true, _) if listing.total > 0 => answer.notice("no more on this page"),
        (true, _) => answer.notice("nothing there"),
        (false, true) => answer.notice(format!(
            "{} in all; next page: --page {}",
            listing.total,
            request.page + 1
        )),
        (false, false) => answer,
    })
}

fn row_json(row: &ListingRow) -> Value {
    match row {
        ListingRow::Folder { path } => json!({"kind": "folder", "file_path": path}),
        ListingRow::File(note) => json::with(json!({"kind": "file"}), json::note(note)),
    }
}

fn row_cells(row: &ListingRow) -> Vec<String> {
    match row {
        ListingRow::Folder { path } => vec![
            format!("{}/", one_line(path)),
            "folder".into(),
            String::new(),
            String::new(),
        ],
        ListingRow::File(note) => text::row(note),
    }
}
