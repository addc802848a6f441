/** The service worker, by which the dashboard opens without a network and shows what was read last. */
import { basePath } from "../api/base-path.ts";

/** What the service worker keeps of a user's answers, as it is called there. */
const DATA = "sophon-data";

/** Browsers have service workers over HTTPS and on the machine itself. */
export function installOffline() {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // Without it, everything works but offline.
  void navigator.serviceWorker.register(`${basePath}/sw.js`).catch(() => undefined);
}

/** Forgets what was kept for the user who is here no longer. */
export async function forgetOffline() {
  if ("caches" in window) await caches.delete(DATA);
}
