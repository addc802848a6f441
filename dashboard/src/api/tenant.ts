/** The tenant that this tab works in: the one that was chosen here, or the user's home. Each tab has its own. */
import { basePath } from "./base-path.ts";

const KEY = "sophon.tenant";

/** The header in which a request names its tenant. */
export const TENANT_HEADER = "x-sophon-tenant";

function read(): string | null {
  return sessionStorage.getItem(KEY);
}

/** Notes another tenant, or the home with null. What is shown belongs to the one before: load the page anew. */
function choose(slug: string | null) {
  if (slug === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, slug);
}

export const tenant = {
  read,
  choose,
  /** The same, and the start page of that tenant. */
  enter(slug: string | null) {
    choose(slug);
    window.location.assign(`${basePath}/`);
  },
  /** Where the hubs of the tenant are. A browser's WebSocket has no headers, so the address names it. */
  hubsPath(): string {
    const slug = read();
    return slug === null ? `${basePath}/hubs` : `${basePath}/api/tenants/${slug}/hubs`;
  },
};
