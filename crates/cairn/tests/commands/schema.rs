//! Notes held against schemas.

use super::bench::Bench;

const NOTES: &str = "\
//- schemas/Person.md
---
title: Person
type: schema
entity: person
schema:
  name: string
  company: string
settings:
  validation: strict
---
//- people/Ada.md
---
type: person
---
- [name] Ada
- [company] Engines
//- people/Charles.md
---
type: person
---
- [name] Charles
- [email] c@example.org
//- diary.md
---
title: Diary
type: entry
---
- [mood] fine
";

#[test]
fn validate() {
    let bench = Bench::new(NOTES);
    let answer = "\
people/Ada.md\tpass\t
people/Charles.md\tfail\tMissing required field: company (expected [company] observation)
! 2 notes: 1 valid, 0 warnings, 1 error
";
    assert_eq!(bench.run(&["schema", "validate"]), answer);
    assert_eq!(bench.run(&["schema", "validate", "Person"]), answer);
    assert_eq!(
        bench.run(&["schema", "validate", "person", "--strict"]),
        format!("{answer}[exit 1]\n")
    );
    // A path, and a title that is no type.
    for note in ["people/ada", "Ada"] {
        assert_eq!(
            bench.run(&["schema", "validate", note, "--strict"]),
            "people/Ada.md\tpass\t\n! 1 note: 1 valid, 0 warnings, 0 errors\n"
        );
    }
    let reply = bench.json(&["schema", "validate", "person", "--json"]);
    assert_eq!(reply["error_count"], 1);
    assert_eq!(reply["results"][1]["field_results"][1]["status"], "missing");
}

#[test]
fn nothing_to_validate() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["schema", "validate", "animal"]),
        "! No notes found of type 'animal'\n"
    );
    assert_eq!(
        bench.run(&["schema", "validate", "entry", "--json"]),
        "{\n  \"error\": \"No schema found for type 'entry'\"\n}\n"
    );
    let missing = bench.run(&["schema", "validate", "people/Bob.md"]);
    assert!(missing.ends_with("[exit 3]\n"), "{missing}");
    let empty = Bench::new("//- a.md\n# A\n");
    assert_eq!(
        empty.run(&["schema", "validate", "--strict"]),
        "! No schemas defined in this project\n"
    );
    let broken = Bench::new("//- s.md\n---\ntype: schema\n---\n");
    assert_eq!(
        broken.run(&["schema", "validate", "--strict"]),
        "fault: s.md: a schema needs `entity`, the type of note it is for\n\
         ! 0 notes: 0 valid, 0 warnings, 0 errors\n[exit 1]\n"
    );
}

#[test]
fn infer() {
    let bench = Bench::new(NOTES);
    let answer = "\
name\tobservation\t100% (2/2)\trequired
company\tobservation\t50% (1/2)\texcluded
email\tobservation\t50% (1/2)\texcluded

---
title: Person
type: schema
entity: person
version: 1
schema:
  name: string
---
";
    let infer = ["schema", "infer", "person", "--threshold", "0.6"];
    assert_eq!(bench.run(&infer), answer);
    assert_eq!(
        bench.run(&["schema", "infer", "entry", "--save"]),
        "\
mood\tobservation\t100% (1/1)\trequired

---
title: Entry
type: schema
entity: entry
version: 1
schema:
  mood: string
---
! saved as schemas/Entry.md
"
    );
    assert_eq!(
        bench.run(&["schema", "validate", "entry"]),
        "diary.md\tpass\t\n! 1 note: 1 valid, 0 warnings, 0 errors\n"
    );
    let again = bench.run(&["schema", "infer", "entry", "--save"]);
    assert!(
        again.contains("schemas/Entry.md already exists") && again.ends_with("[exit 4]\n"),
        "{again}"
    );
    assert_eq!(
        bench.run(&["schema", "infer", "animal"]),
        "! No notes found of type 'animal'\n"
    );
    let refused = bench.run(&["schema", "infer", "person", "--threshold", "25"]);
    assert_eq!(
        refused,
        "! error: the threshold must be from 0 to 1, not 25\n[exit 2]\n"
    );
    let reply = bench.json(&["schema", "infer", "person", "--json"]);
    assert_eq!(reply["suggested_required"], serde_json::json!(["name"]));
}

#[test]
fn diff() {
    let bench = Bench::new(NOTES);
    assert_eq!(
        bench.run(&["schema", "diff", "person"]),
        "+ email (observation) 50% (1/2)\n"
    );
    assert_eq!(
        bench.json(&["schema", "diff", "person", "--json"])["new_fields"][0]["name"],
        "email"
    );
    assert_eq!(
        bench.run(&["schema", "diff", "entry"]),
        "! No schema found for type 'entry'\n"
    );
    bench.run(&["schema", "infer", "entry", "--save"]);
    assert_eq!(bench.run(&["schema", "diff", "entry"]), "! no drift\n");
}
