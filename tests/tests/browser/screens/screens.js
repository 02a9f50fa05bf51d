// Looks at the page as it stands and calls back with what is wrong, one sentence each; none = all is well.
// arguments: [options, done]. options: rules ("all", a list of axe rules, or null), target (smallest side in px, or 0),
// without (axe rules left out), daily (names of actions of every day), dailyTarget, fits (whether nothing may be cut off).
const [options, done] = arguments;
const found = [];
const say = (what, el) => {
  const words = (el?.getAttribute?.("aria-label") || el?.innerText || el?.id || "").replace(/\s+/g, " ").trim().slice(0, 60);
  found.push(el ? `${what}: ${el.localName}${el.className ? `.${String(el.className).trim().split(/\s+/).join(".")}` : ""} "${words}"` : what);
};
const frame = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
const modal = () => document.querySelector("dialog:modal");
const scope = () => modal() ?? document.body;

// For ears only: clipped to nothing. Or out of sight until the keyboard comes to it.
const isUnseen = (el) => {
  for (let at = el; at && at !== document.body; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.clipPath === "inset(50%)") return true;
    if (style.transform !== "none" && at.getBoundingClientRect().bottom <= 0 && at.matches("a")) return true;
  }
  return false;
};
const isShown = (el) => el.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !isUnseen(el);

async function settle() {
  for (let round = 0; round < 100 && document.querySelector('[aria-busy="true"]'); round += 1) await frame();
  await frame();
  await frame();
}

const targets = () =>
  [...scope().querySelectorAll("a[href], button, input, select, textarea, summary")].filter(isShown);

// A box or dot is pressed by its words too: the label is its target.
const boxOf = (el) => {
  const label = /^(checkbox|radio)$/.test(el.type) ? el.labels[0] : null;
  return (label ?? el).getBoundingClientRect();
};

// Whether a square of that side around the middle of the target belongs to it.
const takesFinger = (el, side) => {
  el.scrollIntoView({ block: "center", inline: "nearest" });
  const box = boxOf(el);
  const [x, y, reach] = [box.x + box.width / 2, box.y + box.height / 2, side / 2 - 1];
  for (const [dx, dy] of [[-1, -1], [0, -1], [1, -1], [-1, 0], [0, 0], [1, 0], [-1, 1], [0, 1], [1, 1]]) {
    const hit = document.elementFromPoint(x + dx * reach, y + dy * reach);
    if (!hit || !(el.contains(hit) || hit.closest("label")?.control === el)) return false;
  }
  return true;
};

function checkTargets() {
  const daily = new Set(options.daily);
  for (const el of targets()) {
    const box = boxOf(el);
    const name = el.innerText?.replace(/\s+/g, " ").trim();
    const side = daily.has(name) && !el.closest("nav") ? options.dailyTarget : options.target;
    const isLarge = box.width >= side - 0.5 && box.height >= side - 0.5;
    if (!isLarge && !takesFinger(el, side)) say(`target of ${box.width.toFixed(0)}x${box.height.toFixed(0)} px instead of ${side}`, el);
  }
  // Places of a bar and rows of a list border on each other on purpose: each is as large as it can be.
  const free = targets().filter((el) => !el.closest("nav, ul[role=list], [role=alert] ul, .c-row"));
  for (const [place, one] of free.entries()) {
    const a = boxOf(one);
    for (const other of free.slice(place + 1)) {
      const b = boxOf(other);
      const dx = Math.max(a.left - b.right, b.left - a.right);
      const dy = Math.max(a.top - b.bottom, b.top - a.bottom);
      const gap = Math.max(dx, dy);
      if (floorOf(one) !== floorOf(other)) continue;
      if (gap > -1 && gap < 7.5) say(`${gap.toFixed(1)} px from "${other.innerText || other.id}"`, one);
    }
  }
}

// What floats over the page is not beside what scrolls under it.
const floorOf = (el) => {
  for (let at = el; at; at = at.parentElement) if (/fixed|sticky/.test(getComputedStyle(at).position)) return at;
  return null;
};

// The box in which what an element holds can be seen, by its clipping ancestors; scrolling ones can be scrolled.
const windowOf = (el) => {
  const box = { left: 0, right: document.documentElement.clientWidth, top: -Infinity, bottom: Infinity };
  for (let at = el; at && at !== document.documentElement; at = at.parentElement) {
    const style = getComputedStyle(at);
    const rect = at.getBoundingClientRect();
    if (/hidden|clip/.test(style.overflowX)) {
      box.left = Math.max(box.left, rect.left);
      box.right = Math.min(box.right, rect.right);
    }
    if (/hidden|clip/.test(style.overflowY)) {
      box.top = Math.max(box.top, rect.top);
      box.bottom = Math.min(box.bottom, rect.bottom);
    }
    if (style.position === "fixed") break;
  }
  return box;
};

function checkFits() {
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) say(`the page is ${root.scrollWidth} px wide on ${root.clientWidth}`);
  const walker = document.createTreeWalker(scope(), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const el = node.parentElement;
    if (!node.data.trim() || el.closest("script, style, noscript, option, textarea") || !isShown(el)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const seen = windowOf(el);
    const held = el.closest("a, button");
    const frame = held && getComputedStyle(held).display !== "inline" ? held.getBoundingClientRect() : null;
    for (const rect of range.getClientRects()) {
      const isCut = rect.left < seen.left - 1 || rect.right > seen.right + 1 || rect.top < seen.top - 2 || rect.bottom > seen.bottom + 2;
      const isOut = frame && (rect.left < frame.left - 1 || rect.right > frame.right + 1);
      if (isCut || isOut) {
        say("words cut off", el);
        break;
      }
    }
  }
  for (const el of scope().querySelectorAll("*")) {
    if (!isShown(el)) continue;
    const style = getComputedStyle(el);
    if (/auto|scroll/.test(style.overflowX) && !el.matches("input, textarea") && el.scrollWidth > el.clientWidth + 1) say("scrolls sideways", el);
    if (el.matches("input, textarea, select, img, canvas, progress") && el.type !== "checkbox" && el.type !== "radio") {
      const [rect, seen] = [el.getBoundingClientRect(), windowOf(el.parentElement)];
      if (rect.left < seen.left - 1 || rect.right > seen.right + 1) say("cut off", el);
    }
  }
  // At the end of the page whatever still stands above the text covers it.
  scrollTo(0, document.documentElement.scrollHeight);
  const bars = [...document.querySelectorAll("body *")].filter((el) => /fixed|sticky/.test(getComputedStyle(el).position) && isShown(el) && !el.closest("[role=status]") && !el.querySelector("[role=status]"));
  const height = (el) => {
    const rect = el.getBoundingClientRect();
    return Math.max(0, Math.min(rect.bottom, innerHeight) - Math.max(rect.top, 0));
  };
  // What was just done goes by itself; a dialog is the whole screen.
  const covered = bars.filter((el) => el.getBoundingClientRect().width >= innerWidth * 0.6 && !el.matches("dialog")).reduce((sum, el) => sum + height(el), 0);
  if (!modal() && covered > innerHeight / 2) say(`bars cover ${covered.toFixed(0)} of ${innerHeight} px`);
}

// With movement switched off nothing moves.
function checkStill() {
  const seconds = (text) => Math.max(...text.split(",").map((part) => parseFloat(part) || 0));
  for (const el of document.querySelectorAll("body *")) {
    const style = getComputedStyle(el);
    const moves = style.animationName !== "none" && (seconds(style.animationDuration) > 0.01 || style.animationIterationCount === "infinite");
    if (moves || seconds(style.transitionDuration) > 0.01) say("moves though movement is off", el);
  }
}

async function checkRules() {
  const only =
    options.rules === "all"
      ? { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }
      : { type: "rule", values: options.rules };
  const off = Object.fromEntries((options.without ?? []).map((rule) => [rule, { enabled: false }]));
  const report = await axe.run(document, { runOnly: only, rules: off, resultTypes: ["violations"], preload: false });
  for (const { id, nodes } of report.violations) {
    for (const { target, failureSummary } of nodes) found.push(`axe ${id} at ${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`);
  }
}

// A row out of sight is not laid out by the browser; here all rows are looked at.
function layOutAll() {
  const whole = new CSSStyleSheet();
  whole.replaceSync("* { content-visibility: visible !important; }");
  document.adoptedStyleSheets.push(whole);
  return () => document.adoptedStyleSheets.pop();
}

(async () => {
  const leaveOut = layOutAll();
  await settle();
  const top = scrollY;
  if (options.fits) {
    checkFits();
    checkStill();
  }
  if (options.target) checkTargets();
  scrollTo(0, 0);
  if (options.rules) await checkRules();
  leaveOut();
  scrollTo(0, top);
  return found;
})().then(done, (error) => done([`the check itself failed: ${error}`]));
