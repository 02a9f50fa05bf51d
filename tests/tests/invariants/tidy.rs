//! Nothing unfinished, nothing overlong, no trace of the machine it was made on.

use super::code;
use super::workspace::{CRATES, Source, files, findings, root};

/// Lines in one file; a longer one is two.
const LINES_MAX: usize = 600;

fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    for (_, folder) in CRATES {
        sources.extend(files(folder, &[".rs"]));
    }
    sources
}

#[test]
fn nothing_is_left_to_do_and_no_test_is_switched_off() {
    let needles = [
        "todo!",
        "unimplemented!",
        "#[ignore",
        "dbg!",
        "FIXME",
        "TODO",
    ];
    let planted = "#[ignore = \"x\"]\nfn f() { todo!() }";
    let planted = Source {
        path: "planted.rs".into(),
        text: code::code(planted),
    };
    assert_eq!(findings(&[planted], &needles).len(), 2);
    let mut sources = sources();
    for source in &mut sources {
        source.text = code::code(&source.text);
    }
    let found = findings(&sources, &needles);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_file_is_longer_than_a_reader() {
    let sources = sources();
    let length = |source: &Source| source.text.lines().count();
    assert!(
        sources.iter().map(length).sum::<usize>() > 10_000,
        "the scan is blind"
    );
    let long: Vec<_> = sources
        .iter()
        .filter(|source| length(source) > LINES_MAX)
        .collect();
    let long: Vec<_> = long
        .iter()
        .map(|source| format!("{}: {}", source.path, length(source)))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_module_says_what_it_is_for() {
    let says = |source: &Source| source.text.trim_start().starts_with("//!");
    assert!(!says(&Source {
        path: String::new(),
        text: "use a;".into()
    }));
    let sources = sources();
    let is_for_tests = |path: &str| path.ends_with("/tests.rs");
    let silent = sources
        .iter()
        .filter(|source| !says(source) && !is_for_tests(&source.path));
    let silent: Vec<_> = silent.map(|source| source.path.as_str()).collect();
    assert!(silent.is_empty(), "{silent:#?}");
    let named_mod: Vec<_> = sources
        .iter()
        .filter(|source| source.path.ends_with("/mod.rs"))
        .collect();
    assert!(named_mod.is_empty(), "name.rs stands beside name/");
}

/// Names in code marks that are written like a test's, or a field's: with at least two underscores.
fn named_tests(text: &str) -> Vec<&str> {
    let is_test = |name: &&str| {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        name.bytes().all(is_plain) && name.matches('_').count() >= 2
    };
    text.split('`').skip(1).step_by(2).filter(is_test).collect()
}

#[test]
fn the_documents_name_only_what_exists() {
    let planted = "Shown by `a_test_of_ours`, `cargo xtask ci` and `one_name`.";
    assert_eq!(named_tests(planted), ["a_test_of_ours"]);
    let code: String = sources()
        .into_iter()
        .map(|source| source.text)
        .collect::<Vec<_>>()
        .join("\n");
    let documents = files("docs", &[".md"]);
    let named = documents
        .iter()
        .flat_map(|document| named_tests(&document.text));
    let named: Vec<&str> = named.collect();
    assert!(named.len() > 50, "{} names", named.len());
    let missing = named.iter().filter(|name| {
        ![format!("fn {name}("), format!("{name}: ")]
            .iter()
            .any(|here| code.contains(here))
    });
    let missing: Vec<_> = missing.collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for (_, folder) in CRATES {
        let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{folder}");
    }
}

/// A place on one machine, or a number of a list that readers do not have.
fn traces(text: &str) -> Vec<String> {
    let homes = ["home", "Users", "root"].map(|name| format!("/{name}/"));
    let root = root();
    let here = format!("{}/", root.display());
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let is_home = homes.iter().any(|home| {
            line.match_indices(home.as_str()).any(|(at, _)| {
                !line[..at].ends_with(|char: char| char.is_alphanumeric() || ".-_$}".contains(char))
            })
        });
        let is_here = root.components().count() > 2 && line.contains(&here);
        let words: Vec<&str> = line
            .split(|char: char| !char.is_alphanumeric() && char != '#')
            .collect();
        let is_numbered = words.windows(2).any(|pair| {
            let number = pair[1].trim_start_matches('#');
            ["issue", "issues"].contains(&pair[0].to_lowercase().as_str())
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        if is_home || is_here || is_numbered {
            found.push(format!("{}: {line}", number + 1));
        }
    }
    found
}

#[test]
fn no_file_names_a_machine_or_a_number_of_a_list() {
    let planted = [
        format!("/{}/anna/x", "home"),
        format!("see {} #12", "issue"),
        root().join("x").display().to_string(),
    ];
    for planted in planted {
        assert_eq!(traces(&planted).len(), 1, "{planted}");
    }
    let ends = [
        ".rs",
        ".toml",
        ".md",
        ".js",
        ".css",
        ".html",
        ".py",
        ".txt",
        ".json",
        ".sh",
        ".svg",
        ".webmanifest",
        "/run",
    ];
    let mut found = Vec::new();
    for source in files("", &ends) {
        found.extend(
            traces(&source.text)
                .iter()
                .map(|line| format!("{}:{line}", source.path)),
        );
    }
    assert!(found.is_empty(), "{found:#?}");
}
