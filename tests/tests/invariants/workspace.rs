//! The files and the dependency graph of this workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::code;

/// Folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// One source file.
pub(crate) struct Source {
    /// From the root, with `/`.
    pub(crate) path: String,
    /// Its bytes as text.
    pub(crate) text: String,
}

/// Files of the project, generated ones and the build's left out; `ends` limits them by how their names end.
pub(crate) fn files(under: &str, ends: &[&str]) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    let mut open = vec![root.join(under)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.unwrap().path();
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            if ["target", "dist", "data", ".git"].contains(&name.as_str())
                || name.ends_with("__pycache__")
            {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if ends.is_empty() || ends.iter().any(|end| name.ends_with(end)) {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                found.push(Source { path: name, text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!found.is_empty(), "no files under {under}");
    found
}

/// Rust code that is shipped from the `src` folder of a crate: comments, texts and tests are blank.
pub(crate) fn shipped(folder: &str) -> Vec<Source> {
    let sources = files(&format!("{folder}/src"), &[".rs"]);
    let mut for_tests = BTreeSet::new();
    let mut shipped = Vec::new();
    for source in sources {
        let (text, modules) = code::shipped(&source.text);
        let stem = source
            .path
            .trim_end_matches(".rs")
            .trim_end_matches("/lib")
            .trim_end_matches("/main");
        for_tests.extend(modules.iter().map(|module| format!("{stem}/{module}")));
        shipped.push(Source {
            path: source.path,
            text,
        });
    }
    let is_for_tests = |path: &str| {
        for_tests
            .iter()
            .any(|module| path == format!("{module}.rs") || path.starts_with(&format!("{module}/")))
    };
    shipped.retain(|source| !is_for_tests(&source.path));
    assert!(!shipped.is_empty(), "nothing shipped from {folder}");
    shipped
}

/// `path:line: needle` for each needle that stands in the code.
pub(crate) fn findings(sources: &[Source], needles: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for needle in needles {
            let lines = code::lines_with(&source.text, needle);
            found.extend(
                lines
                    .iter()
                    .map(|line| format!("{}:{line}: {needle}", source.path)),
            );
        }
    }
    found
}

/// All crates of the workspace: folder by name.
pub(crate) const CRATES: [(&str, &str); 8] = [
    ("protocol", "shared/protocol"),
    ("crypto", "shared/crypto"),
    ("dossier", "shared/dossier"),
    ("engine", "shared/engine"),
    ("app", "app"),
    ("sync-server", "sync-server"),
    ("e2e", "tests"),
    ("xtask", "xtask"),
];

/// What cargo resolved for this machine.
pub(crate) struct Graph {
    names: BTreeMap<String, String>,
    dependencies: BTreeMap<String, Vec<String>>,
    declared: BTreeMap<String, Vec<Declared>>,
}

/// A line under `[dependencies]` or its siblings.
pub(crate) struct Declared {
    /// Name of the package.
    pub(crate) name: String,
    /// Under `[dev-dependencies]`.
    pub(crate) is_for_tests: bool,
    /// Features asked for.
    pub(crate) features: Vec<String>,
}

impl Graph {
    /// Asks cargo.
    pub(crate) fn load() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let version = Command::new("rustc")
            .arg("-vV")
            .output()
            .expect("rustc does not start");
        let version = String::from_utf8(version.stdout).unwrap();
        let host = version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .expect("rustc names no host");
        let output = Command::new(cargo)
            .args([
                "metadata",
                "--format-version",
                "1",
                "--offline",
                "--locked",
                "--filter-platform",
                host,
            ])
            .current_dir(root())
            .output()
            .expect("cargo does not start");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Self::read(&serde_json::from_slice(&output.stdout).unwrap())
    }

    fn read(metadata: &Value) -> Self {
        let mut graph = Self {
            names: BTreeMap::new(),
            dependencies: BTreeMap::new(),
            declared: BTreeMap::new(),
        };
        for package in list(&metadata["packages"]) {
            let name = text(&package["name"]);
            graph.names.insert(text(&package["id"]), name.clone());
            if package["source"].is_null() {
                let declared = list(&package["dependencies"])
                    .iter()
                    .map(|dependency| Declared {
                        name: text(&dependency["name"]),
                        is_for_tests: dependency["kind"] == "dev",
                        features: list(&dependency["features"]).iter().map(text).collect(),
                    });
                graph.declared.insert(name, declared.collect());
            }
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let used = list(&node["deps"]).iter().filter(|dependency| {
                list(&dependency["dep_kinds"])
                    .iter()
                    .any(|kind| kind["kind"] != "dev")
            });
            graph.dependencies.insert(
                text(&node["id"]),
                used.map(|dependency| text(&dependency["pkg"])).collect(),
            );
        }
        graph
    }

    /// Everything that is linked or run to build a crate of the workspace; what only its tests use is left out.
    pub(crate) fn tree(&self, of: &str) -> BTreeSet<&str> {
        assert!(
            self.declared.contains_key(of),
            "{of} is no crate of the workspace"
        );
        let mut open: Vec<&String> = self
            .dependencies
            .keys()
            .filter(|id| self.names[*id] == of)
            .collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(&self.dependencies[id]);
            }
        }
        seen.into_iter().map(|id| self.names[id].as_str()).collect()
    }

    /// What a crate declares.
    pub(crate) fn declared(&self, of: &str) -> &[Declared] {
        &self.declared[of]
    }

    /// Names of the workspace's crates.
    pub(crate) fn members(&self) -> BTreeSet<&str> {
        self.declared.keys().map(String::as_str).collect()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
