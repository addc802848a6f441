import { basePath } from "../../api/base-path.ts";

/** The page on which everybody can read a public session. */
export const PUBLIC_PATH = "/shared/:id";

/** The path of that page, below the dashboard's own. */
export function publicPath(id: string) {
  return PUBLIC_PATH.replace(":id", id);
}

/** Its whole address, to be given to others. */
export function publicAddress(id: string) {
  return `${globalThis.location.origin}${basePath}${publicPath(id)}`;
}
