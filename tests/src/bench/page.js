// Measures inside the page, by its own clock (`performance.now()`, ms). No WebDriver step lies within a measured span.
(() => {
  const everything = { childList: true, subtree: true, characterData: true, attributes: true };
  const patienceMs = 20_000;

  let longTasks = [];
  let longFrames = [];
  const observe = (type, list) => {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) return;
    new PerformanceObserver((entries) => list().push(...entries.getEntries())).observe({ type, buffered: true });
  };
  observe("longtask", () => longTasks);
  observe("long-animation-frame", () => longFrames);
  const longest = (entries) => entries.reduce((most, entry) => (entry.duration > (most?.duration ?? 0) ? entry : most), null);

  let lockAt = null;
  new MutationObserver((_, watch) => {
    if (!document.querySelector("input[type=password]")) return;
    lockAt = performance.now();
    watch.disconnect();
  }).observe(document, everything);

  const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const named = (selector, name) =>
    [...document.querySelectorAll(selector)].find((el) => tidy(el.textContent) === name && el.checkVisibility());
  const isBusy = () => document.querySelector("main [aria-busy=true]") !== null;

  // Answers what `test` answers, as soon as that is something.
  const until = (what, test, waitMs = patienceMs) =>
    new Promise((ok, no) => {
      const now = test();
      if (now) return ok(now);
      const watch = new MutationObserver(() => {
        const found = test();
        if (!found) return;
        stop();
        ok(found);
      });
      const timer = setTimeout(() => {
        stop();
        no(new Error(`${what} does not come; the page says: ${tidy(document.body.textContent).slice(0, 400)}`));
      }, waitMs);
      const stop = () => {
        watch.disconnect();
        clearTimeout(timer);
      };
      watch.observe(document, everything);
    });

  // The moment at which these words are put on the page.
  const added = (words) =>
    new Promise((ok, no) => {
      const holds = (node) => (node.textContent ?? "").includes(words);
      const watch = new MutationObserver((records) => {
        const now = performance.now();
        const has = records.some((record) =>
          record.type === "characterData" ? holds(record.target) : [...record.addedNodes].some(holds));
        if (!has) return;
        stop();
        ok(now);
      });
      const timer = setTimeout(() => {
        stop();
        no(new Error(`"${words}" does not come; the page says: ${tidy(document.body.textContent).slice(0, 400)}`));
      }, patienceMs);
      const stop = () => {
        watch.disconnect();
        clearTimeout(timer);
      };
      watch.observe(document, everything);
    });

  // Does something; answers ms until the last change of the page before it rests, or null if nothing changed.
  const rest = (act, quietMs) =>
    new Promise((ok) => {
      let last = null;
      let timer = 0;
      const watch = new MutationObserver(() => {
        last = performance.now();
        wait();
      });
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          if (isBusy()) return wait();
          watch.disconnect();
          ok(last === null ? null : last - begin);
        }, quietMs);
      };
      watch.observe(document.querySelector("#app") ?? document, everything);
      const begin = performance.now();
      act();
      wait();
    });

  const type = (box, text) => {
    box.focus();
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const press = async (selector, name) => (await until(`${selector} "${name}"`, () => named(selector, name))).click();
  // The same clock in every page of this machine.
  const wall = () => performance.timeOrigin + performance.now();
  const frame = () => new Promise((ok) => requestAnimationFrame(() => setTimeout(ok)));
  const go = (path) => {
    const link = document.createElement("a");
    link.href = path;
    document.querySelector("main").append(link);
    link.click();
    link.remove();
  };

  // What the chip says, how far a new device says it is, and when that last changed.
  let exchange = null;
  const readExchange = () => {
    const chip = document.querySelector("[data-sync-state]");
    const state = chip?.dataset.syncState ?? "";
    const bar = document.querySelector("[data-testid=pairing-progress]");
    const now = { state, waiting: Number(chip?.dataset.waiting ?? 0), filling: tidy(bar?.textContent) };
    if (exchange.now && Object.keys(now).every((key) => now[key] === exchange.now[key])) return;
    const isOther = exchange.now?.state !== state || (exchange.now.filling === "") !== (now.filling === "");
    if (isOther) exchange.states.push([wall(), state, now.filling !== ""]);
    exchange.now = now;
    exchange.changedAt = wall();
  };
  // The chip and the bar stand outside `main`, but a page may be built anew: the whole is watched.
  const followExchange = () => {
    exchange = { states: [], now: null, changedAt: wall() };
    readExchange();
    new MutationObserver(readExchange).observe(document, everything);
  };
  let marks = {};

  window.bench = {
    // First paint and the moment the lock screen takes text, since the navigation began.
    async started() {
      const paint = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
      const begin = performance.now();
      while ((lockAt === null || paint() === undefined) && performance.now() - begin < patienceMs) await frame();
      return { paint: paint() ?? null, lock: lockAt, isFromCache: navigator.serviceWorker.controller !== null };
    },

    async offline() {
      await navigator.serviceWorker.ready;
      return true;
    },

    // One Argon2id in the app's own worker; `request` is what the vault would send it.
    deriveKey(request) {
      return new Promise((ok, no) => {
        const script = document.querySelector("meta[name=dossierkluis-worker]").content;
        const begin = performance.now();
        const worker = new Worker(script, { type: "module", name: "kdf" });
        worker.onerror = () => no(new Error("the worker does not start"));
        worker.onmessage = ({ data }) => {
          // Postcard: variant 0, the key with its length before it, the milliseconds as a zigzag varint.
          if (data[0] !== 0) return no(new Error(`no key: ${data}`));
          let [elapsed, shift] = [0, 0];
          for (const byte of data.subarray(2 + data[1])) {
            elapsed |= (byte & 127) << shift;
            shift += 7;
          }
          ok({ elapsed: elapsed >>> 1, total: performance.now() - begin });
        };
        worker.postMessage(Uint8Array.from(request));
      });
    },

    // From Ontgrendelen to Vandaag with its visits.
    async unlock(passphrase) {
      const box = await until("the lock screen", () => document.querySelector("input[type=password]"));
      type(box, passphrase);
      await frame();
      const button = await until("Ontgrendelen", () => named("button", "Ontgrendelen"));
      const begin = performance.now();
      button.click();
      await until("Vandaag", () => named("h1", "Vandaag") && named("h2, h3", "Bezoeken vandaag") && !isBusy());
      marks.today = wall();
      return performance.now() - begin;
    },

    // Goes to a screen without measuring.
    async show(path) {
      await rest(() => go(path), 400);
      return location.pathname;
    },

    // From a tap on a link of the page to the page it leads to, complete. A link far down a long list is made to appear first.
    async follow(path) {
      const link = await until(path, () => document.querySelector(`a[href="${path}"]`) ?? (named("button", "Toon meer cliënten") ?? named("button", "Toon meer bezoeken"))?.click());
      await rest(() => {}, 300);
      return rest(() => link.click(), 400);
    },

    // Types a word key by key; ms per key until the list stands, for every key that changed it.
    async search(word) {
      const box = await until("the search box", () => document.querySelector("input[type=search]"));
      const spans = [];
      type(box, "");
      await rest(() => {}, 300);
      for (let end = 1; end <= word.length; end += 1) {
        const span = await rest(() => type(box, word.slice(0, end)), 250);
        if (span !== null) spans.push(span);
      }
      return spans;
    },

    forgetLongTasks() {
      longTasks = [];
      longFrames = [];
    },

    // The longest task, and what the frame that it stands in spent its time on.
    async longestTask() {
      await frame();
      await frame();
      const task = longest(longTasks);
      const last = task ? task.startTime + task.duration : 0;
      const around = longest(longFrames.filter((entry) => task && entry.startTime < last && entry.startTime + entry.duration > task.startTime));
      const script = around && longest([...around.scripts]);
      const why = around
        ? `${script ? `${script.invoker}: ${Math.round(script.duration)} ms of script` : "no script"}, ` +
          `${Math.round(around.startTime + around.duration - around.styleAndLayoutStart)} ms of style and layout`
        : "";
      const all = longTasks.map((entry) => [performance.timeOrigin + entry.startTime, entry.duration]);
      return { ms: task?.duration ?? 0, why, all };
    },

    // A whole visit from the client's page on. Ms of the draft's save after its pause, and of the signature.
    // What the stamps and the first words leave to be saved is saved before the draft is timed.
    async visit(path, words, pauseMs) {
      await rest(() => go(path), 200);
      await press("a", "Nieuw bezoek");
      await press("button", "Start bezoek");
      const done = await until("the visit", () => document.getElementById("done"));
      await press("button", "Geen bijzonderheden");
      await rest(() => {}, pauseMs + 300);
      const draft = added("Bewaard op dit apparaat");
      const typedAt = performance.now();
      type(done, words);
      const draftAt = await draft;
      const button = await until("Bezoek ondertekenen", () => named("button", "Bezoek ondertekenen"));
      const signed = added("Bezoek ondertekend");
      const begin = performance.now();
      button.click();
      return { draft: draftAt - typedAt - pauseMs, signed: (await signed) - begin };
    },

    // Follows the exchange with the server from now on; `exchanged` answers what was seen.
    followExchange() {
      followExchange();
      return true;
    },

    exchanged() {
      return { ...exchange, at: wall(), marks };
    },

    // Presses a button; answers when, by the clock of all pages.
    async pressed(name) {
      const button = await until(name, () => named("button", name));
      const at = wall();
      button.click();
      return at;
    },

    // Every link of a screen, its long list whole.
    async listed(path) {
      await rest(() => go(path), 400);
      for (let more = true; more; ) {
        const button = named("button", "Toon meer cliënten") ?? named("button", "Toon meer bezoeken");
        more = button !== undefined;
        if (more) await rest(() => button.click(), 200);
      }
      return [...document.querySelectorAll("main a")].map((link) => tidy(link.textContent));
    },

    // The new device, which waits to be added: follows the exchange, and goes to the first client it shows as soon as it does.
    awaitFill(patienceMs, isUsed) {
      marks = {};
      longTasks = [];
      longFrames = [];
      followExchange();
      const mark = (name) => (marks[name] = wall());
      const seen = new Set();
      const fill = async () => {
        await until("Vandaag", () => named("h1", "Vandaag"), patienceMs);
        mark("today");
        go("/clienten");
        const link = await until("a client", () => document.querySelector('main a[href^="/client/"]'), patienceMs);
        mark("client");
        marks.name = tidy(link.textContent);
        const { pathname } = link;
        link.click();
        const isOpen = () => location.pathname === pathname && document.querySelector(`main a[href^="${pathname}/"]`) && !isBusy();
        await until("the dossier", isOpen, patienceMs);
        mark("dossier");
        // From then on one dossier after the other, until all is there.
        marks.opens = [];
        while (isUsed && (exchange.now.filling !== "" || marks.opens.length < 3)) {
          const links = [...document.querySelectorAll('main a[href^="/client/"]')].filter((link) => link.pathname.split("/").length === 3);
          const next = links.find((link) => link.pathname !== location.pathname && !seen.has(link.pathname)) ?? links.find((link) => link.pathname !== location.pathname);
          if (!next) break;
          const { pathname } = next;
          seen.add(pathname);
          const begin = performance.now();
          next.click();
          await until(pathname, () => location.pathname === pathname && document.querySelector(`main a[href^="${pathname}/"]`) && !isBusy(), patienceMs);
          marks.opens.push(performance.now() - begin);
          await frame();
        }
      };
      fill().catch((error) => (marks.error = String(error)));
      return true;
    },
  };
})();
