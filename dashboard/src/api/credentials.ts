/**
 * The credentials of the signed-in user, shared by all tabs through local storage.
 *
 * A refresh token is used once: two tabs that use the same one look like a theft to the gateway.
 * So a renewal holds a lock across tabs, and first checks whether another tab has renewed already.
 */
import { basePath } from "./base-path.ts";
import { TENANT_HEADER, tenant } from "./tenant.ts";
import type { SignedIn } from "./types.ts";

export type Credentials = Pick<SignedIn, "accessToken" | "refreshToken">;

const KEY = "sophon.credentials";
const listeners = new Set<() => void>();
let renewing: Promise<string | null> | null = null;

function read(): Credentials | null {
  const text = localStorage.getItem(KEY);
  return text === null ? null : (JSON.parse(text) as Credentials);
}

function write(next: Credentials | null) {
  if (next === null) localStorage.removeItem(KEY);
  else
    localStorage.setItem(
      KEY,
      JSON.stringify({ accessToken: next.accessToken, refreshToken: next.refreshToken }),
    );
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void) {
  const onStorage = (event: StorageEvent) => {
    if (event.key === KEY || event.key === null) listener();
  };
  listeners.add(listener);
  window.addEventListener("storage", onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", onStorage);
  };
}

/** Without the Web Locks API (plain HTTP on another host) tabs are not serialised. */
async function rotateExclusively(stale: string): Promise<string | null> {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent outside secure contexts
  if (!navigator.locks) return rotate(stale);
  return navigator.locks.request(KEY, () => rotate(stale));
}

function refresh({ refreshToken }: Credentials, slug: string | null): Promise<Response> {
  return fetch(`${basePath}/api/auth/refresh`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(slug !== null && { [TENANT_HEADER]: slug }),
    },
    body: JSON.stringify({ refreshToken }),
  });
}

async function rotate(stale: string): Promise<string | null> {
  const held = read();
  if (held?.accessToken !== stale) return held?.accessToken ?? null;
  const slug = tenant.read();
  let response = await refresh(held, slug);
  // Whoever may no longer work in this tab's tenant stays signed in.
  if (response.status === 403 && slug !== null) response = await refresh(held, null);
  if (response.ok) {
    const next = (await response.json()) as SignedIn;
    write(next);
    return next.accessToken;
  }
  if (response.status === 401) write(null);
  return null;
}

export const credentials = {
  read,
  write,
  subscribe,
  /** Text that changes with the credentials: a snapshot for `useSyncExternalStore`. */
  snapshot: () => localStorage.getItem(KEY),
  /** A token newer than `stale`, or null if the user has to sign in again. */
  renew(stale: string): Promise<string | null> {
    renewing ??= rotateExclusively(stale).finally(() => {
      renewing = null;
    });
    return renewing;
  },
};
