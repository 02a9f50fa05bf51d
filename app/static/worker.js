// Starts the same wasm module in a module worker. Its `main` sees a DedicatedWorkerGlobalScope and looks
// at `self.name`: "vault" runs the vault, "kdf" runs Argon2id, "qr" reads QR codes from pictures.
//
// Messages that arrive before `main` has run are kept and handed over in order, so a window may post
// at once. `main` must set its message handler before it returns, not in a task it spawns.

import init from "/app.js";

if (self.trustedTypes) {
  trustedTypes.createPolicy("default", {
    createScriptURL: (url) => (new URL(url, self.location.href).href === self.location.href ? url : undefined),
  });
}

const early = [];
const keep = (event) => {
  event.stopImmediatePropagation();
  early.push(event);
};
self.addEventListener("message", keep);

await init({ module_or_path: "/app.wasm" });

self.removeEventListener("message", keep);
for (const { data, ports } of early) {
  self.dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
}
