// Loads the client: the names stand in the page as preloads, so no script stands in the page itself.
//
// A release comes in two parts (build/split.mjs). The rest follows as soon as the first part runs; whoever is quicker
// than that waits for it. If it does not come, it is tried again, and until then nothing reaches the client that could
// need it: the client would break off in the middle of what it does.
const script = document.querySelector("link[rel=modulepreload]");
const wasm = document.querySelector("link[rel=preload][as=fetch]").href;
// It stands in the page for its text, and comes back, last of all, when it is true.
const notice = document.getElementById("incomplete");
notice.remove();
notice.hidden = false;
// What a person does.
const DEEDS = "change click compositionstart contextmenu dblclick input keydown pointerdown popstate submit".split(" ");
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;

/** The client's second part. */
const rest = {
  address: script.dataset.rest,
  /** What the client's first part gives it. */
  first: undefined,
  there: false,
  /** Not before then is it asked for at once again. */
  pause: 0,

  /** Before the first part begins. */
  async follow(first) {
    this.first = first;
    if (!compilesAtOnce()) return this.fetch();
    for (const deed of DEEDS) addEventListener(deed, held, true);
    this.persist(FIRST_RETRY_MS);
  },

  async fetch() {
    const module = await WebAssembly.compileStreaming(fetch(this.address, { priority: "low" }));
    if (!this.there) this.take(await WebAssembly.instantiate(module, { rest: this.first }));
  },

  persist(wait) {
    this.fetch().catch((fault) => {
      console.warn(fault);
      if (!this.there) setTimeout(() => this.there || this.persist(Math.min(2 * wait, LAST_RETRY_MS)), wait);
    });
  },

  /** Whether it is there; if not, it is fetched while everything waits. */
  now() {
    if (this.there || performance.now() < this.pause) return this.there;
    try {
      const request = new XMLHttpRequest();
      request.open("GET", this.address, false);
      request.overrideMimeType("text/plain; charset=x-user-defined");
      request.send();
      if (request.status !== 200) throw new Error(`${this.address}: ${request.status}`);
      const bytes = Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0));
      this.take(new WebAssembly.Instance(new WebAssembly.Module(bytes), { rest: this.first }));
    } catch (fault) {
      console.warn(fault);
      this.pause = performance.now() + FIRST_RETRY_MS;
    }
    return this.there;
  },

  take() {
    this.first.loaded.value = 1;
    this.there = true;
    notice.remove();
    for (const deed of DEEDS) removeEventListener(deed, held, true);
  },

  /** For what the first part begins by itself: it cannot do without. */
  load() {
    if (this.now()) return;
    tell();
    throw new Error("the client's second part is missing");
  },
};

/** Nothing that a person does reaches a client without its rest. */
function held(event) {
  if (event.composedPath().includes(notice) || rest.now()) return;
  event.stopImmediatePropagation();
  // The browser's own keys work on.
  if (event.type !== "keydown") event.preventDefault();
  tell();
}

function tell() {
  if (!notice.isConnected) document.body.append(notice);
}

/** Browsers used to refuse that to modules of more than 4 KB. */
function compilesAtOnce() {
  const module = new Uint8Array(8 + 3 + 8192);
  module.set([0, 97, 115, 109, 1, 0, 0, 0, 0, 0x80, 0x40]);
  try {
    return Boolean(new WebAssembly.Instance(new WebAssembly.Module(module)));
  } catch {
    return false;
  }
}

try {
  const client = await import(script.href);
  await client.default({ module_or_path: wasm, rest });
} catch (fault) {
  console.error(fault);
  document.getElementById("loading")?.setAttribute("hidden", "");
  document.getElementById("failed")?.removeAttribute("hidden");
}
