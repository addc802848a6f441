/** Whether to show the first-run page: there is no model, nothing was begun, and nobody chose to stay offline. */
import type { Bootstrap } from "../../api/types.ts";

const KEY = "sophon.offline";

export function stayOffline() {
  localStorage.setItem(KEY, "yes");
}

export function isFirstRun(start: Bootstrap | undefined): boolean {
  return (
    start?.offline === true &&
    start.me.permissions.includes("ManageModels") &&
    start.sessions.items.length === 0 &&
    localStorage.getItem(KEY) === null
  );
}
