//! Rust source with everything blanked that is not code: comments, texts, and what is compiled for tests only.
//!
//! Blanked characters become spaces, so lines keep their numbers.

/// Code of a file; comments and texts are blank.
pub(crate) fn code(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match end_of_blank(&chars, at) {
            Some(end) => end,
            None => {
                out.push(chars[at]);
                at += 1;
                continue;
            }
        };
        out.extend(
            chars[at..end]
                .iter()
                .map(|&char| if char == '\n' { '\n' } else { ' ' }),
        );
        at = end;
    }
    out
}

/// Where the comment or text that starts at `at` ends; `None` when none starts there.
fn end_of_blank(chars: &[char], at: usize) -> Option<usize> {
    let starts = |word: &str| {
        word.chars()
            .enumerate()
            .all(|(n, char)| chars.get(at + n) == Some(&char))
    };
    let after = |from: usize, word: &str| {
        let word: Vec<char> = word.chars().collect();
        (from..chars.len())
            .find(|&n| chars[n..].starts_with(&word))
            .map_or(chars.len(), |n| n + word.len())
    };
    let is_word = |n: usize| {
        chars
            .get(n)
            .is_some_and(|&char| char.is_alphanumeric() || char == '_')
    };
    if starts("//") {
        return Some(
            (at..chars.len())
                .find(|&n| chars[n] == '\n')
                .unwrap_or(chars.len()),
        );
    }
    if starts("/*") {
        return Some(end_of_block_comment(chars, at));
    }
    if chars[at] == 'r' && (at == 0 || !is_word(at - 1) || chars[at - 1] == 'b') {
        let hashes = chars[at + 1..]
            .iter()
            .take_while(|&&char| char == '#')
            .count();
        if chars.get(at + 1 + hashes) == Some(&'"') {
            return Some(after(at + 2 + hashes, &format!("\"{}", "#".repeat(hashes))));
        }
    }
    if chars[at] == '"' {
        return Some(end_of_quoted(chars, at, '"'));
    }
    let is_char =
        chars[at] == '\'' && (chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\''));
    is_char.then(|| end_of_quoted(chars, at, '\''))
}

fn end_of_quoted(chars: &[char], start: usize, quote: char) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn end_of_block_comment(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < chars.len() {
        if chars[at..].starts_with(&['/', '*']) {
            (at, depth) = (at + 2, depth + 1);
        } else if chars[at..].starts_with(&['*', '/']) {
            (at, depth) = (at + 2, depth - 1);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    chars.len()
}

const FOR_TESTS: &str = "#[cfg(test)]";

/// [`code`] without items for tests only, and the names of modules in files of their own that are for tests only.
pub(crate) fn shipped(source: &str) -> (String, Vec<String>) {
    let mut code = code(source);
    let mut modules = Vec::new();
    while let Some(start) = code.find(FOR_TESTS) {
        let body = start + FOR_TESTS.len();
        let open = code[body..]
            .find(['{', ';'])
            .map_or(code.len(), |n| body + n);
        let end = if code[open..].starts_with('{') {
            end_of_braces(&code, open)
        } else {
            (open + 1).min(code.len())
        };
        if code[open..].starts_with(';')
            && let Some((_, name)) = code[body..open].split_once("mod ")
        {
            modules.push(name.trim().to_owned());
        }
        let blank: String = code[start..end]
            .chars()
            .map(|char| if char == '\n' { '\n' } else { ' ' })
            .collect();
        code.replace_range(start..end, &blank);
    }
    (code, modules)
}

fn end_of_braces(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (n, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return n + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// Line numbers on which `needle` stands as whole words; spaces in the code do not count.
pub(crate) fn lines_with(code: &str, needle: &str) -> Vec<usize> {
    let is_word =
        |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_');
    let rarest = needle
        .split(|char| !is_word(Some(char)))
        .max_by_key(|word| word.len())
        .unwrap_or_default();
    if !code.contains(rarest) {
        return Vec::new();
    }
    let holds = |line: &str| {
        let line = squeeze(line);
        line.match_indices(needle).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + needle.len()..].chars().next();
            let is_begun_earlier = is_word(before) && is_word(needle.chars().next());
            let goes_on = is_word(after) && is_word(needle.chars().next_back());
            !is_begun_earlier && !goes_on
        })
    };
    code.lines()
        .enumerate()
        .filter(|(_, line)| line.contains(rarest) && holds(line))
        .map(|(n, _)| n + 1)
        .collect()
}

/// Without spaces, except one between two words.
fn squeeze(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let mut chars = line.trim().chars().peekable();
    while let Some(char) = chars.next() {
        if !char.is_whitespace() {
            out.push(char);
        } else if out.ends_with(is_word) && chars.peek().copied().is_some_and(is_word) {
            out.push(' ');
        }
    }
    out
}

#[test]
fn only_code_is_left() {
    let source = "use a; // aes_gcm\n/* x /* hpke */ y */ let s = \"argon2 \\\" automerge\";\nlet c = '\"'; let t = r#\"rexie \" x\"#; fn f<'a>() {} let q = b\"web_sys\"; end";
    let left = code(source);
    for gone in ["aes_gcm", "hpke", "argon2", "automerge", "rexie", "web_sys"] {
        assert!(!left.contains(gone), "{gone} in {left}");
    }
    for kept in [
        "use a;",
        "let s",
        "let c",
        "let t",
        "fn f<'a>() {}",
        "let q",
        "end",
    ] {
        assert!(left.contains(kept), "{kept} not in {left}");
    }
    assert_eq!(left.lines().count(), 3);
}

#[test]
fn what_is_for_tests_only_is_left_out() {
    let (left, modules) = shipped(
        "fn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod tests { fn b() { std::fs } }\nfn c() {}\n#[cfg(test)]\nmod frozen;\n",
    );
    assert!(left.contains("fn a()") && left.contains("fn c()") && !left.contains("std::fs"));
    assert_eq!(modules, ["frozen"]);
}

#[test]
fn needles_are_whole_words() {
    let code = "use argon2::Params;\nrun_argon2id(x)\nlet hpke_key = 1;\nstd :: fs :: read()\n    style = x\n";
    assert_eq!(lines_with(code, "argon2"), [1]);
    assert!(lines_with(code, "hpke").is_empty());
    assert_eq!(lines_with(code, "std::fs"), [4]);
    assert_eq!(lines_with(code, "style="), [5]);
}
