// Finds visible elements by role and accessible name inside the element arguments[0] (or the document).
// arguments: [scope element or null, role, name]. A trailing " (niet verplicht)" of a name is left out.
const [scope, role, name] = arguments;
const clean = (text) => text.replace(/\s+/g, " ").trim().replace(/ \(niet verplicht\)$/, "");
const shown = (el) => el.checkVisibility({ visibilityProperty: true }) && !el.closest("[aria-hidden=true],[inert]");
const text = (el) => {
  let out = "";
  for (const node of el.childNodes) {
    if (node.nodeType === 3) out += node.data;
    else if (node.nodeType === 1 && node.getAttribute("aria-hidden") !== "true" && node.localName !== "svg") {
      const inner = node.getAttribute("aria-label") ?? (node.localName === "img" ? node.alt : text(node));
      out += getComputedStyle(node).display === "inline" ? inner : ` ${inner} `;
    }
  }
  return out;
};
const roleOf = (el) => {
  const own = el.getAttribute("role");
  if (own) return own === "radiogroup" ? "group" : own;
  switch (el.localName) {
    case "a": return el.hasAttribute("href") ? "link" : "generic";
    case "button": case "summary": return "button";
    case "h1": case "h2": case "h3": return "heading";
    case "select": return "combobox";
    case "textarea": return "textbox";
    case "dialog": return "dialog";
    case "fieldset": return "group";
    case "nav": return "navigation";
    case "main": return "main";
    case "article": return "article";
    case "section": return "region";
    case "output": return "status";
    case "input":
      if (el.type === "checkbox" || el.type === "radio") return el.type;
      return ["button", "submit"].includes(el.type) ? "button" : "textbox";
    default: return "generic";
  }
};
const nameOf = (el) => {
  const by = el.getAttribute("aria-labelledby");
  if (by) return by.split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean).map(text).join(" ");
  const label = el.getAttribute("aria-label");
  if (label) return label;
  if (el.labels && el.labels.length) return [...el.labels].map(text).join(" ");
  if (el.localName === "fieldset") return text(el.querySelector("legend") ?? document.createElement("i"));
  if (["button", "a", "summary", "h1", "h2", "h3"].includes(el.localName)) return text(el);
  if (["link", "button", "menuitem", "status", "alert", "heading"].includes(el.getAttribute("role")) || el.localName === "output") return text(el);
  return "";
};
const selector = "a,button,summary,h1,h2,h3,select,textarea,dialog,fieldset,nav,main,article,section,output,input,[role]";
const found = [];
const near = [];
for (const el of (scope ?? document).querySelectorAll(selector)) {
  if (roleOf(el) !== role || !shown(el)) continue;
  const own = clean(nameOf(el));
  if (name === null || own === name) found.push(el);
  else if (near.length < 40) near.push(own);
}
return { found, near };
