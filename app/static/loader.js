// Starts the app in a window. It is the only script of index.html.
//
// 1. Trusted Types: the `default` policy passes HTML (Leptos builds its static templates through
//    innerHTML) and, as scripts, exactly two addresses: the worker and the service worker.
// 2. Starts the wasm module; its `main` sees a window and mounts the pages in #app, after clearing it.
// 3. Registers the service worker. The app asks `navigator.serviceWorker.getRegistration()`:
//    `registration.waiting` is a new version; after a tap the page posts {type: "activate"} to it
//    and reloads once at `controllerchange`. Nothing here ever reloads a page.
//
// The worker: the app starts `new Worker(url, {type: "module", name: "vault"})`, or name "kdf" for
// Argon2id, with url = the content of <meta name="dossierkluis-worker">.
// What goes wrong is said in Dutch by sentences that already stand hidden in index.html.

const WORKER = "/worker.js";
const SERVICE_WORKER = "/sw.js";

const allowed = [WORKER, SERVICE_WORKER].map((path) => new URL(path, location.origin).href);

if (window.trustedTypes) {
  trustedTypes.createPolicy("default", {
    createHTML: (html) => html,
    createScriptURL: (url) => (allowed.includes(new URL(url, location.origin).href) ? url : undefined),
  });
}

function say(id) {
  for (const line of document.querySelectorAll(".boot-line")) line.hidden = line.id !== id;
  document.querySelector(".boot-card")?.removeAttribute("aria-busy");
}

async function start() {
  if (typeof WebAssembly !== "object") {
    say("boot-old");
    return;
  }
  try {
    const { default: init } = await import("/app.js");
    await init({ module_or_path: "/app.wasm" });
  } catch (error) {
    say("boot-failed");
    throw error;
  }
}

async function keepForOffline() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(SERVICE_WORKER, { updateViaCache: "none" });
  } catch {
    // A browser that refuses (private window) still runs the app online; the app asks the
    // registration itself and says so.
  }
}

start().finally(keepForOffline);
