// Keeps the app for offline use. `cargo xtask build` fills in the two constants.
//
// A version is one cache, filled whole or not at all: every file is checked against its SHA-256.
// The first version takes its pages over at once. A later one waits, and the old one keeps working,
// until a page posts {type: "activate"}; then the page reloads at `controllerchange`.

const VERSION = "__VERSION__";
const PRECACHE = __PRECACHE__;

const PREFIX = "dossierkluis-";
const CACHE = PREFIX + VERSION;
const PAGE = "/index.html";
const KEPT = new Set(PRECACHE.map(([path]) => path));

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const path = answeredBy(event.request);
  if (path) event.respondWith(fromCache(path, event.request));
});
self.addEventListener("message", (event) => {
  if (event.data?.type === "activate") event.waitUntil(self.skipWaiting());
});

async function fill() {
  try {
    const cache = await caches.open(CACHE);
    await Promise.all(PRECACHE.map(([path, integrity]) => keep(cache, path, integrity)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function keep(cache, path, integrity) {
  const response = await fetch(path, { integrity, cache: "no-cache", redirect: "error" });
  if (!response.ok) throw new Error(`${response.status} for a file of version ${VERSION}`);
  await cache.put(path, response);
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

function answeredBy(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return null;
  if (KEPT.has(url.pathname)) return url.pathname;
  const isPage = request.mode === "navigate" && url.pathname !== "/health" && !/\.[^/]*$/.test(url.pathname);
  return isPage ? PAGE : null;
}

async function fromCache(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(request);
}
