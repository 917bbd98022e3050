//! `list_directory`.
//!
//! What the index knows of a folder, a page at a time. Invariant: what is answered is one whole page, and the call it
//! names gives the page after it.

mod page;

use super::budget::tokens;
use super::call::{Call, Format};
use super::declaration::{
    Declaration, Effect, Kind, MAX_TOKENS, Need, OUTPUT_FORMAT, PAGE, PAGE_SIZE, PROJECT,
    PROJECT_ID, Parameter, Produces, Profile,
};
use super::failure::Failure;
use super::reply::Reply;
use cairn_engine::{Listing, ListingRequest, Sort};
use page::Page;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "list_directory",
    title: "List Directory",
    description: "List the folders and files of a folder, with titles, dates and ids. To find notes by what they say \
                  use search_notes.",
    parameters: &[
        Parameter {
            name: "dir_name",
            kind: Kind::Text,
            need: Need::Default("\"/\""),
            aliases: &["directory", "folder", "path", "dir"],
            description: "Folder; / is the project's root",
        },
        Parameter {
            name: "depth",
            kind: Kind::Integer { least: 1, most: 10 },
            need: Need::Default("1"),
            aliases: &[],
            description: "Levels to descend, 1 to 10",
        },
        Parameter {
            name: "file_name_glob",
            kind: Kind::Text,
            need: Need::Optional,
            aliases: &["glob", "pattern", "filter"],
            description: "Only file names that match: *.md",
        },
        Parameter {
            name: "sort",
            kind: Kind::Choice(&["title_asc", "title_desc", "updated_asc", "updated_desc"]),
            need: Need::Optional,
            aliases: &[],
            description: "Order of files; default: by name",
        },
        Parameter {
            aliases: &[],
            ..PAGE
        },
        // The engine says what is too many.
        Parameter {
            kind: Kind::Integer {
                least: 1,
                most: 1_000_000,
            },
            aliases: &["limit", "per_page"],
            description: "Rows per page, at most 200",
            ..PAGE_SIZE
        },
        MAX_TOKENS,
        OUTPUT_FORMAT,
        PROJECT,
        PROJECT_ID,
    ],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["navigation", "notes"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let request = request(call);
    let project = call.project()?;
    let mut listing = project.list_directory(&request)?;
    let (page, page_size) = fitting(call, &request, &listing);
    let cut_from = (page_size < request.page_size).then_some(listing.rows.len());
    if cut_from.is_some() {
        let past = (page - 1) * page_size + page_size;
        listing.rows.truncate(page_size);
        listing.has_more = past < listing.total;
    }
    let page = Page {
        folder: shown(call),
        request: ListingRequest {
            page,
            page_size,
            ..request
        },
        listing,
        cut_from,
    };
    Ok(match call.format() {
        Format::Text => Reply::text(page.text(call)),
        Format::Json => Reply::json(page.json()),
    })
}

fn request(call: &Call<'_>) -> ListingRequest {
    let arguments = &call.arguments;
    ListingRequest {
        folder: arguments.text("dir_name").to_owned(),
        depth: arguments.count("depth"),
        glob: glob(call).map(str::to_owned),
        sort: match arguments.optional_text("sort") {
            Some("title_asc") => Sort::TitleAscending,
            Some("title_desc") => Sort::TitleDescending,
            Some("updated_asc") => Sort::UpdatedAscending,
            Some("updated_desc") => Sort::UpdatedDescending,
            _ => Sort::Name,
        },
        page: arguments.count("page"),
        page_size: arguments.count("page_size"),
    }
}

fn glob<'c>(call: &'c Call<'_>) -> Option<&'c str> {
    let glob = call.arguments.optional_text("file_name_glob")?;
    (!glob.is_empty()).then_some(glob)
}

/// The folder as it was asked for.
fn shown(call: &Call<'_>) -> String {
    match call.arguments.text("dir_name").trim() {
        "" => "/".to_owned(),
        folder => folder.to_owned(),
    }
}

/// The largest page that begins where the one asked for does and costs what the caller allows: one row at least.
///
/// A smaller page must begin at a multiple of its own size, so that the one after it has a number.
fn fitting(call: &Call<'_>, request: &ListingRequest, listing: &Listing) -> (usize, usize) {
    let asked = (request.page, request.page_size);
    let Some(limit) = call.max_tokens() else {
        return asked;
    };
    let format = call.format();
    let mut left = limit;
    let fits = listing.rows.iter().take_while(|row| {
        let cost = match format {
            Format::Text => tokens(&page::line(row, &call.now)),
            Format::Json => tokens(&page::node(row).to_string()),
        };
        let fits = cost <= left;
        left = left.saturating_sub(cost);
        fits
    });
    let fits = fits.count().max(1);
    if fits >= listing.rows.len() {
        return asked;
    }
    let offset = (request.page - 1) * request.page_size;
    let size = (1..=fits)
        .rev()
        .find(|size| offset.is_multiple_of(*size))
        .unwrap_or(1);
    (offset / size + 1, size)
}
