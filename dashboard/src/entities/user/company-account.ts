/** Signing in at identity providers: what this browser remembers on the way, and the calls. */
import { api, call } from "../../api/client.ts";
import type { SignedIn } from "../../api/types.ts";

/** The provider by which somebody has signed in here, so that signing out ends both. */
const CAME_FROM = "sophon.provider";
/** An identity that is to be connected, once its account's password was given. For this tab alone. */
const PENDING_LINK = "sophon.pending-link";

export interface PendingLink {
  provider: string;
  linkToken: string;
}

export const pendingLink = {
  read(): PendingLink | null {
    const text = sessionStorage.getItem(PENDING_LINK);
    return text === null ? null : (JSON.parse(text) as PendingLink);
  },
  write(pending: PendingLink | null) {
    if (pending === null) sessionStorage.removeItem(PENDING_LINK);
    else sessionStorage.setItem(PENDING_LINK, JSON.stringify(pending));
  },
};

export function rememberProvider(provider: string | null) {
  if (provider === null) localStorage.removeItem(CAME_FROM);
  else localStorage.setItem(CAME_FROM, provider);
}

/** Sends the browser to the provider; it comes back to `/sign-in/:provider`. */
export async function goTo(provider: string, returnTo: string): Promise<void> {
  const begun = await call(
    api.POST("/api/auth/oidc/{provider}/begin", {
      params: { path: { provider } },
      body: { returnTo },
    }),
  );
  location.assign(begun.authorizationUrl);
}

/** Finishes with what the address says that the browser came back to. */
export function comeBack(provider: string, search: URLSearchParams) {
  const [code, iss] = [search.get("code"), search.get("iss")];
  return call(
    api.POST("/api/auth/oidc/{provider}/finish", {
      params: { path: { provider } },
      body: {
        state: search.get("state") ?? "",
        ...(code !== null && { code }),
        ...(iss !== null && { iss }),
      },
    }),
  );
}

/** Connects what waits for it with the account that has just signed in. A failure is told at the next sign-in there. */
export async function connectPending(signedIn: SignedIn): Promise<void> {
  const pending = pendingLink.read();
  if (pending === null) return;
  pendingLink.write(null);
  await call(
    api.POST("/api/auth/oidc/{provider}/link", {
      params: { path: { provider: pending.provider } },
      body: { linkToken: pending.linkToken },
      headers: { Authorization: `Bearer ${signedIn.accessToken}` },
    }),
  ).catch(() => undefined);
}

/** The address at which the browser signs out at the provider, too; null if there is none to go to. */
export async function providerSignOut(): Promise<string | null> {
  const provider = localStorage.getItem(CAME_FROM);
  rememberProvider(null);
  if (provider === null) return null;
  const path = { provider };
  const answer = await call(
    api.GET("/api/auth/oidc/{provider}/sign-out", { params: { path } }),
  ).catch(() => null);
  return answer?.url ?? null;
}
