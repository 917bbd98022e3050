//! A set: documents, questions, and which documents answer which question.
//!
//! Three files in a folder: `corpus.jsonl` and `queries.jsonl`, an object a line, and `qrels.tsv`, the grade a question
//! gives a document. Invariant: a line that is not understood is a failure that names file and line, since figures of
//! half a set mean nothing.

use super::metrics::Grades;
use crate::failure::{Failure, Result};
use cairn_engine::Kind;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

/// A set, checked.
#[derive(Debug)]
pub(super) struct Set {
    /// Its folder's name.
    pub(super) name: String,
    pub(super) documents: Vec<Document>,
    /// Questions that have an answer, in the order of their file.
    pub(super) questions: Vec<Question>,
    /// Questions left out because no document answers them.
    pub(super) unanswered: usize,
}

/// A document, which becomes a note.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) id: String,
    /// May be empty.
    pub(super) title: String,
    pub(super) text: String,
}

/// A question and the documents that answer it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) text: String,
    /// By the document's place in the set.
    pub(super) grades: Grades,
}

impl Set {
    /// Reads a set.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let corpus = Lines::read(folder, "corpus.jsonl")?;
        let queries = Lines::read(folder, "queries.jsonl")?;
        let qrels = Lines::read(folder, "qrels.tsv")?;
        let documents = documents(&corpus)?;
        let mut questions = questions(&queries)?;
        grade(&qrels, &documents, &mut questions)?;
        let all = questions.len();
        questions.retain(|(_, question)| !question.grades.is_empty());
        if questions.is_empty() {
            return Err(Failure::invalid(format!(
                "{} names no document that answers a question",
                qrels.file.display()
            )));
        }
        Ok(Self {
            name: name(folder),
            unanswered: all - questions.len(),
            documents,
            questions: questions
                .into_iter()
                .map(|(_, question)| question)
                .collect(),
        })
    }
}

fn name(folder: &Path) -> String {
    // `.` and `..` have no name of their own.
    let real = folder.canonicalize();
    let folder = real.as_deref().unwrap_or(folder);
    folder
        .file_name()
        .unwrap_or(folder.as_os_str())
        .to_string_lossy()
        .into_owned()
}

fn documents(corpus: &Lines) -> Result<Vec<Document>> {
    let mut places = HashMap::new();
    let mut documents = Vec::new();
    for (number, line) in corpus.lines() {
        let object = corpus.object(number, line)?;
        let document = Document {
            id: corpus.id(number, &object)?,
            title: corpus.text(number, &object, "title")?.unwrap_or_default(),
            text: corpus.wanted(number, &object, "text")?,
        };
        if let Some(first) = places.insert(document.id.clone(), number) {
            let id = &document.id;
            return Err(corpus.refused(number, format!("the id '{id}' is that of line {first}")));
        }
        documents.push(document);
    }
    Ok(documents)
}

fn questions(queries: &Lines) -> Result<Vec<(String, Question)>> {
    let mut places = HashMap::new();
    let mut questions = Vec::new();
    for (number, line) in queries.lines() {
        let object = queries.object(number, line)?;
        let id = queries.id(number, &object)?;
        let text = queries.wanted(number, &object, "text")?;
        if let Some(first) = places.insert(id.clone(), number) {
            return Err(queries.refused(number, format!("the id '{id}' is that of line {first}")));
        }
        let grades = Grades::new();
        questions.push((id, Question { text, grades }));
    }
    Ok(questions)
}

/// Gives the questions their documents.
fn grade(
    qrels: &Lines,
    documents: &[Document],
    questions: &mut [(String, Question)],
) -> Result<()> {
    let ids = documents.iter().enumerate();
    let documents: HashMap<&str, usize> = ids
        .map(|(place, document)| (document.id.as_str(), place))
        .collect();
    let ids = questions.iter().enumerate();
    let places: HashMap<String, usize> = ids.map(|(place, (id, _))| (id.clone(), place)).collect();
    for (number, line) in qrels.lines() {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let [question, document, grade] = cells[..] else {
            let count = cells.len();
            let why =
                format!("three cells with tabs between them are expected, and there are {count}");
            return Err(qrels.refused(number, why));
        };
        let Ok(grade) = grade.parse::<i64>() else {
            if number == 1 {
                // The heading.
                continue;
            }
            return Err(qrels.refused(number, format!("the grade '{grade}' is no whole number")));
        };
        let Some(question) = places.get(question) else {
            return Err(qrels.refused(number, format!("there is no question '{question}'")));
        };
        let Some(document) = documents.get(document) else {
            return Err(qrels.refused(number, format!("there is no document '{document}'")));
        };
        // Nothing and less is how judges say that a document is no answer.
        if let Some(grade) = u32::try_from(grade).ok().filter(|grade| *grade > 0) {
            questions[*question].1.grades.insert(*document, grade);
        }
    }
    Ok(())
}

/// A file of a set, line by line.
struct Lines {
    file: PathBuf,
    text: String,
}

impl Lines {
    fn read(folder: &Path, name: &str) -> Result<Self> {
        let file = folder.join(name);
        let failed = |kind, message| Failure::new(kind, message);
        let bytes = fs::read(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => failed(
                Kind::NotFound,
                format!("there is no file {}", file.display()),
            )
            .hint("a set is a folder with corpus.jsonl, queries.jsonl and qrels.tsv"),
            _ => failed(Kind::Io, format!("cannot read {}: {error}", file.display())),
        })?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { file, text }),
            Err(error) => {
                let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let number = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                let text = String::new();
                Err(Self { file, text }.refused(number, "it is not UTF-8"))
            }
        }
    }

    /// Lines with something in them, counted from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        let lines = text.lines().enumerate();
        lines
            .map(|(at, line)| (at + 1, line))
            .filter(|(_, line)| !line.trim().is_empty())
    }

    fn object(&self, number: usize, line: &str) -> Result<Map<String, Value>> {
        match serde_json::from_str(line) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(self.refused(number, "an object is expected")),
            Err(error) => Err(self.refused(number, format!("it is no JSON: {error}"))),
        }
    }

    /// The `id`, or `_id` as other collections have it, as a text.
    fn id(&self, number: usize, object: &Map<String, Value>) -> Result<String> {
        match object.get("id").or_else(|| object.get("_id")) {
            Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
            Some(Value::Number(id)) => Ok(id.to_string()),
            Some(_) => Err(self.refused(number, "the 'id' is neither a text nor a number")),
            None => Err(self.refused(number, "there is no 'id'")),
        }
    }

    fn text(
        &self,
        number: usize,
        object: &Map<String, Value>,
        key: &str,
    ) -> Result<Option<String>> {
        match object.get(key) {
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Null) | None => Ok(None),
            Some(_) => Err(self.refused(number, format!("'{key}' is no text"))),
        }
    }

    fn wanted(&self, number: usize, object: &Map<String, Value>, key: &str) -> Result<String> {
        let text = self.text(number, object, key)?;
        text.ok_or_else(|| self.refused(number, format!("there is no '{key}'")))
    }

    fn refused(&self, number: usize, why: impl Display) -> Failure {
        Failure::invalid(format!("{}, line {number}: {why}", self.file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_testkit::Vault;

    const SET: &str = "\
//- corpus.jsonl
{\"id\": \"a\", \"title\": \"Tea\", \"text\": \"Steep it.\"}

{\"_id\": 7, \"text\": \"Grind it.\", \"metadata\": {}}
//- queries.jsonl
{\"id\": \"q1\", \"text\": \"what to do with leaves\"}
{\"id\": \"q2\", \"text\": \"what to do with nothing\"}
//- qrels.tsv
query\tdocument\trelevance
q1\ta\t2
q1\t7\t0
";

    fn read(vault: &Vault) -> Result<Set> {
        Set::read(vault.root())
    }

    /// What is said when one file says something else.
    fn refusal(file: &str, text: &str) -> String {
        let vault = Vault::new(SET);
        vault.write(file, text);
        let failure = read(&vault).expect_err("the line is malformed");
        assert_eq!(failure.kind, Kind::Invalid);
        let folder = format!("{}{}", vault.root().display(), std::path::MAIN_SEPARATOR);
        failure.message.replace(&folder, "")
    }

    #[test]
    fn a_set_is_documents_and_questions_that_have_an_answer() {
        let set = read(&Vault::new(SET)).expect("the set is well-formed");
        let document = |id: &str, title: &str, text: &str| Document {
            id: id.to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(
            set.documents,
            [
                document("a", "Tea", "Steep it."),
                document("7", "", "Grind it.")
            ]
        );
        let question = Question {
            text: "what to do with leaves".to_owned(),
            grades: Grades::from([(0, 2)]),
        };
        assert_eq!((set.questions, set.unanswered), (vec![question], 1));
    }

    #[test]
    fn a_malformed_line_is_named() {
        let corpus = |text| refusal("corpus.jsonl", text);
        assert_eq!(
            corpus("\n[1]\n"),
            "corpus.jsonl, line 2: an object is expected"
        );
        assert_eq!(
            corpus("{\"text\": \"\"}\n"),
            "corpus.jsonl, line 1: there is no 'id'"
        );
        assert_eq!(
            corpus("{\"id\": null, \"text\": \"\"}\n"),
            "corpus.jsonl, line 1: the 'id' is neither a text nor a number"
        );
        assert_eq!(
            corpus("{\"id\": \"a\"}\n"),
            "corpus.jsonl, line 1: there is no 'text'"
        );
        assert_eq!(
            corpus("{\"id\": \"a\", \"title\": 3, \"text\": \"\"}\n"),
            "corpus.jsonl, line 1: 'title' is no text"
        );
        assert_eq!(
            corpus("{\"id\": \"a\", \"text\": \"\"}\n{\"id\": \"a\", \"text\": \"\"}\n"),
            "corpus.jsonl, line 2: the id 'a' is that of line 1"
        );
        assert!(corpus("{\"id\": ").starts_with("corpus.jsonl, line 1: it is no JSON: "));
        let queries = |text| refusal("queries.jsonl", text);
        assert_eq!(
            queries("{\"id\": \"q1\"}\n"),
            "queries.jsonl, line 1: there is no 'text'"
        );
        let qrels = |text| refusal("qrels.tsv", text);
        assert_eq!(
            qrels("query\tdocument\trelevance\nq1\ta\n"),
            "qrels.tsv, line 2: three cells with tabs between them are expected, and there are 2"
        );
        assert_eq!(
            qrels("q1\ta\t1\nq1\t7\tvery\n"),
            "qrels.tsv, line 2: the grade 'very' is no whole number"
        );
        assert_eq!(
            qrels("q9\ta\t1\n"),
            "qrels.tsv, line 1: there is no question 'q9'"
        );
        assert_eq!(
            qrels("q1\tz\t1\n"),
            "qrels.tsv, line 1: there is no document 'z'"
        );
        assert_eq!(
            qrels("q1\ta\t-1\n"),
            "qrels.tsv names no document that answers a question"
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_named_with_their_line() {
        let vault = Vault::new(SET);
        let file = vault.path("queries.jsonl");
        fs::write(&file, b"{}\n\n{\xff}\n").expect("the vault is writable");
        let failure = read(&vault).expect_err("the line is malformed");
        assert_eq!(
            failure.message,
            format!("{}, line 3: it is not UTF-8", file.display())
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let vault = Vault::new("//- corpus.jsonl\n//- queries.jsonl\n");
        let failure = read(&vault).expect_err("a file is missing");
        let file = vault.path("qrels.tsv");
        assert_eq!(
            failure.message,
            format!("there is no file {}", file.display())
        );
        assert_eq!(failure.kind, Kind::NotFound);
    }
}
