// Keeps what the dashboard needs to be opened without a network: its own files, and what was read last of the gateway.
// What was read belongs to the user who is signed in: `offline.ts` empties it when that user goes. What is read with the
// cache mode `no-store`, by visitors, is not kept.

const SHELL = "sophon-shell";
const DATA = "sophon-data";

/** What is shown when the gateway does not answer: the start of the page, and sessions as they were read last. */
const READABLE =
  /\/api\/(bootstrap|auth\/config|sessions(\/[^/]+(\/(messages|marks|branches))?)?)$/;
/** Answers that are kept, the ones read last. */
const MOST_ANSWERS = 300;
/** Files of the dashboard that are kept: those of this version, and of the one before. */
const MOST_FILES = 300;

const base = new URL(self.registration.scope);

self.addEventListener("install", (event) => {
  const page = fetch(base, { headers: { accept: "text/html" } });
  event.waitUntil(page.then(keepShell).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== base.origin) return;
  if (!url.pathname.startsWith(base.pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request, event));
  else if (url.pathname.startsWith(`${base.pathname}assets/`)) event.respondWith(file(request));
  else if (READABLE.test(url.pathname) && request.cache !== "no-store")
    event.respondWith(answer(request));
});

/** The page, and the files that it names. Other pages of the gateway are not the dashboard's. */
async function keepShell(response) {
  const page = response.clone();
  const html = await response.text();
  if (!page.ok || !html.includes('<div id="root">')) return;
  const cache = await caches.open(SHELL);
  await cache.put(base, page);
  const named = [...html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)];
  const missing = named.map(([, path]) => file(new Request(new URL(path, base))));
  await Promise.allSettled(missing);
}

/** Every page of the dashboard is the same one. */
async function page(request, event) {
  try {
    const response = await fetch(request);
    event.waitUntil(keepShell(response.clone()));
    return response;
  } catch (error) {
    const kept = await caches.match(base, { cacheName: SHELL });
    if (kept === undefined) throw error;
    return kept;
  }
}

/** The name of a file changes with its content. */
async function file(request) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok) await put(cache, request, response.clone(), MOST_FILES);
  return response;
}

/** Where an answer is kept: the same address says another thing in another tenant. */
function placeOf(request) {
  const place = new URL(request.url);
  const tenant = request.headers.get("x-sophon-tenant");
  if (tenant !== null) place.searchParams.set("x-sophon-tenant", tenant);
  return place.href;
}

/** What the gateway answers now, or else what it answered last. */
async function answer(request) {
  const cache = await caches.open(DATA);
  const place = placeOf(request);
  try {
    const response = await fetch(request);
    if (response.ok) await put(cache, place, response.clone(), MOST_ANSWERS);
    // What one may no longer read is not kept, either.
    else if ([401, 403, 404].includes(response.status))
      await cache.delete(place, { ignoreVary: true });
    return response;
  } catch (error) {
    const kept = await cache.match(place, { ignoreVary: true });
    if (kept === undefined) throw error;
    return kept;
  }
}

/** Keeps an answer as the newest, and no more than so many. */
async function put(cache, request, response, most) {
  await cache.delete(request, { ignoreVary: true });
  await cache.put(request, response);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((old) => cache.delete(old)));
}
