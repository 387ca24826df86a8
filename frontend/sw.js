// Keeps the client's shell, so that reloading while the server is away still opens the page; what it shows then
// comes from the browser's own storage. Answers of /graphql are never kept here.
const CACHE = "renkei-shell";
const SHELL = "/";
// Milliseconds that a navigation waits for a server that may be away.
const PATIENCE_MS = 3000;
// The client's own pages, as its router knows them (a test compares them); everything else is the server's.
const PAGES = [
  "/",
  "/sign-in",
  "/account",
  "/account/tokens",
  "/waiting",
  "/regions/:region/sheets/:year",
  "/regions/:region/sheets/:year/handouts",
  "/regions/:region/sheets/:year/history",
  "/regions/:region/sheets/:year/search",
  "/regions/:region/sheets/:year/import",
  "/regions/:region/sheets/:year/snapshots/:snapshot",
];
const PAGE = new RegExp(`^(${PAGES.map((page) => page.replace(/\/$/, "").replace(/:\w+/g, "[^/]+")).join("|")})/?$`);
// Trunk's names: what stands behind one never changes.
const HASHED = /-[0-9a-f]{16}(_bg)?\.(css|js|svg|wasm)$/;

self.addEventListener("install", (event) => {
  event.waitUntil(fetch(SHELL, { cache: "no-store" }).then(keep).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => names.filter((name) => name !== CACHE));
  event.waitUntil(others.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && PAGE.test(url.pathname)) event.respondWith(page(event));
  else if (HASHED.test(url.pathname)) event.respondWith(asset(request));
});

/** The server's page, or the kept one when the server does not answer in time. */
async function page(event) {
  const answer = fetch(event.request);
  // Even if it comes too late for this time, it is kept for the next.
  event.waitUntil(answer.then((response) => keep(response.clone())).catch(() => {}));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const response = await Promise.race([answer, late]).catch(() => undefined);
  if (response && response.status < 500) return response;
  return (await (await caches.open(CACHE)).match(SHELL)) ?? answer;
}

/** A hashed file: the kept one. */
async function asset(request) {
  return (await (await caches.open(CACHE)).match(request.url)) ?? fetch(request);
}

/** Keeps a page with the files that it names; the files first, so that what is kept is always whole. */
async function keep(response) {
  if (!response.ok || response.redirected) return;
  const html = await response.clone().text();
  const named = [...html.matchAll(/(?:href|src)="?(\/[^"\s>]+)/g)].map(([, path]) => path);
  const files = named.filter((path) => HASHED.test(path)).map((path) => new URL(path, self.location).href);
  if (files.length === 0) return;
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const file of files) if (!(await cache.match(file))) missing.push(file);
  await cache.addAll(missing);
  await cache.put(SHELL, response);
  const kept = new Set([...files, new URL(SHELL, self.location).href]);
  for (const request of await cache.keys()) if (!kept.has(request.url)) await cache.delete(request);
}
