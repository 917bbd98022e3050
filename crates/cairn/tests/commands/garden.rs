//! The command the README begins with.

use super::bench::Bench;
use std::path::Path;

#[test]
fn the_first_command_of_the_readme_answers_its_question() {
    let garden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/garden");
    let garden = garden.to_str().unwrap();
    let bench = Bench::new("");
    let reply = bench.json(&[
        "-C",
        garden,
        "--json",
        "search",
        "when should I sow tomatoes",
    ]);
    assert_eq!(reply["results"][0]["title"], "Tomatoes");
    for (query, title) in [("番茄", "番茄炒蛋"), ("大根", "大根の浅漬け")] {
        let reply = bench.json(&["-C", garden, "--json", "search", query]);
        let titles: Vec<_> = reply["results"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|hit| hit["title"].as_str())
            .collect();
        assert!(titles.contains(&title), "{query}: {titles:?}");
    }
}
