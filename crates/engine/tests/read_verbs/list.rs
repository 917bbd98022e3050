//! What is where.

use crate::support::{main, open};
use cairn_engine::{Engine, Kind, ListingRequest, ListingRow, Sort};
use cairn_testkit::Vault;

const TREE: &str = "//- Root.md\n---\nmodified: 2025-01-03\n---\n//- b_c/One.md\n---\ntitle: zeta\nmodified: 2025-01-02\n---\n\
    //- b_c/two.md\n---\ntitle: Alpha\nmodified: 2025-01-02\n---\n//- b_c/deep/Three.md\n---\nmodified: 2025-01-01\n---\n\
    //- bxc/four.txt\nx\n//- Archive/five.md\nx\n";

fn listing(folder: &str, depth: usize) -> ListingRequest {
    ListingRequest {
        folder: folder.into(),
        depth,
        glob: None,
        sort: Sort::Name,
        page: 1,
        page_size: 200,
    }
}

fn rows(engine: &Engine, request: &ListingRequest) -> Vec<String> {
    let listing = main(engine)
        .list_directory(request)
        .expect("a listing never fails");
    let row = |row: ListingRow| match row {
        ListingRow::Folder { path } => format!("{path}/"),
        ListingRow::File(record) => record.path.to_string(),
    };
    listing.rows.into_iter().map(row).collect()
}

#[test]
fn a_folder_is_listed_to_a_depth_and_by_exact_name() {
    let vault = Vault::new(TREE);
    let engine = open(&vault);
    for folder in ["", "/", ".", "./"] {
        assert_eq!(
            rows(&engine, &listing(folder, 1)),
            ["Archive/", "b_c/", "bxc/", "Root.md"],
            "{folder:?}"
        );
    }
    for folder in ["b_c", "/b_c/", "./b_c/"] {
        assert_eq!(
            rows(&engine, &listing(folder, 1)),
            ["b_c/deep/", "b_c/One.md", "b_c/two.md"],
            "{folder:?}"
        );
    }
    assert_eq!(
        rows(&engine, &listing("", 3)),
        [
            "Archive/",
            "b_c/",
            "bxc/",
            "b_c/deep/",
            "Archive/five.md",
            "bxc/four.txt",
            "b_c/One.md",
            "Root.md",
            "b_c/deep/Three.md",
            "b_c/two.md"
        ]
    );
    assert_eq!(rows(&engine, &listing("unknown", 1)), Vec::<String>::new());
    let glob = ListingRequest {
        glob: Some("T*.md".into()),
        ..listing("", 3)
    };
    assert_eq!(rows(&engine, &glob), ["b_c/deep/Three.md"]);
}

#[test]
fn orders_and_pages_are_stable() {
    let vault = Vault::new(TREE);
    let engine = open(&vault);
    for (sort, expected) in [
        (
            Sort::TitleAscending,
            ["b_c/deep/", "b_c/two.md", "b_c/deep/Three.md", "b_c/One.md"],
        ),
        (
            Sort::TitleDescending,
            ["b_c/deep/", "b_c/One.md", "b_c/deep/Three.md", "b_c/two.md"],
        ),
        (
            Sort::UpdatedAscending,
            ["b_c/deep/", "b_c/deep/Three.md", "b_c/One.md", "b_c/two.md"],
        ),
        (
            Sort::UpdatedDescending,
            ["b_c/deep/", "b_c/One.md", "b_c/two.md", "b_c/deep/Three.md"],
        ),
    ] {
        let all = ListingRequest {
            sort,
            ..listing("b_c", 2)
        };
        assert_eq!(rows(&engine, &all), expected, "{sort:?}");
        let paged: Vec<String> = (1..=5)
            .flat_map(|page| {
                rows(
                    &engine,
                    &ListingRequest {
                        page,
                        page_size: 1,
                        ..all.clone()
                    },
                )
            })
            .collect();
        assert_eq!(paged, expected, "{sort:?}");
    }
    let page = |page| {
        main(&engine).list_directory(&ListingRequest {
            page,
            page_size: 3,
            ..listing("b_c", 2)
        })
    };
    let (first, second, third) = (
        page(1).expect("a page"),
        page(2).expect("a page"),
        page(3).expect("a page"),
    );
    assert_eq!(
        (first.total, first.has_more, second.has_more),
        (4, true, false)
    );
    assert_eq!(
        (third.rows.len(), third.total, third.has_more),
        (0, 4, false)
    );
}

#[test]
fn listings_that_make_no_sense() {
    let engine = open(&Vault::new(""));
    for request in [
        listing("", 0),
        listing("", 11),
        listing("../up", 1),
        ListingRequest {
            page: 0,
            ..listing("", 1)
        },
        ListingRequest {
            page_size: 0,
            ..listing("", 1)
        },
        ListingRequest {
            page_size: 201,
            ..listing("", 1)
        },
        ListingRequest {
            page: usize::MAX,
            ..listing("", 1)
        },
    ] {
        let error = main(&engine)
            .list_directory(&request)
            .expect_err("it makes no sense");
        assert_eq!(error.kind(), Kind::Invalid, "{request:?}");
    }
}
