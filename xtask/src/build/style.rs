//! One style sheet: the first-paint frame, the order of the layers, then every file of `app/styles` by name.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Files may come in any order: the cascade follows this line.
const LAYERS: &str = "@layer token, base, layout, component, page, print;\n";

/// Joins and shrinks the style sheets.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn join(statics: &Path, styles: &Path) -> anyhow::Result<String> {
    let mut paths = sheets(styles)?;
    paths.sort();
    let mut joined = String::from(LAYERS);
    for path in std::iter::once(statics.join("frame.css")).chain(paths) {
        joined += &fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        joined.push('\n');
    }
    Ok(shrink(&joined))
}

fn sheets(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sheets(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "css") {
            found.push(path);
        }
    }
    Ok(found)
}

/// Takes out comments and the white space that means nothing. Strings stay as they are.
fn shrink(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '"' | '\'' => {
                out.push(next);
                while let Some(inside) = rest.next() {
                    out.push(inside);
                    match inside {
                        '\\' => out.extend(rest.next()),
                        _ if inside == next => break,
                        _ => {}
                    }
                }
            }
            '/' if rest.peek() == Some(&'*') => {
                rest.next();
                let mut before = ' ';
                for inside in rest.by_ref() {
                    if before == '*' && inside == '/' {
                        break;
                    }
                    before = inside;
                }
                space(&mut out);
            }
            _ if next.is_whitespace() => space(&mut out),
            '{' | '}' | ';' | ',' => {
                if out.ends_with(' ') {
                    out.pop();
                }
                out.push(next);
            }
            _ => out.push(next),
        }
    }
    out
}

/// One space, unless the text before needs none.
fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with([' ', '{', '}', ';', ',']) {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_meaningless_space_goes() {
        assert_eq!(
            shrink("a :hover ,\n b { margin: 0  auto ; }\n"),
            "a :hover,b{margin: 0 auto;}"
        );
        assert_eq!(
            shrink("p{width:calc(1px + 2px)}/* x */ q > r{}"),
            "p{width:calc(1px + 2px)}q > r{}"
        );
    }

    #[test]
    fn strings_and_what_looks_like_a_comment_in_them_stay() {
        assert_eq!(
            shrink(r#"a::before { content: "/*  \"  */"; }"#),
            r#"a::before{content: "/*  \"  */";}"#
        );
    }

    #[test]
    fn a_comment_never_glues_two_words() {
        assert_eq!(shrink("a/**/b{}"), "a b{}");
    }
}
