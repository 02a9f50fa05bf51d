//! A page of plain lines, for checks that run in the browser.

/// Where the checks are asked for.
const PATH: &str = "/conformance";

/// Whether this window was opened for the checks.
pub fn is_asked() -> bool {
    web_sys::window()
        .and_then(|window| window.location().pathname().ok())
        .is_some_and(|path| path == PATH)
}

/// Replaces the page by `<pre id="conformance">` with these lines.
pub fn show(lines: &[String]) {
    let document = web_sys::window().and_then(|window| window.document());
    let page = document.and_then(|document| {
        let body = document.body()?;
        let list = document.create_element("pre").ok()?;
        list.set_id("conformance");
        list.set_text_content(Some(&lines.join("\n")));
        Some((body, list))
    });
    if let Some((body, list)) = page {
        body.replace_children_with_node_1(&list);
    }
}
