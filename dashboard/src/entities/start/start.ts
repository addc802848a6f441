/** What the page needs as it starts: read in one request, and put where each part of the page looks for it. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { api, ApiError, call } from "../../api/client.ts";
import { credentials } from "../../api/credentials.ts";
import type { AuthConfig, Bootstrap, SessionPage } from "../../api/types.ts";

const KEY = ["start"];

/** The list of pinned sessions, by which it is known in the cache. */
export const PINNED = "pinned=true";

/** The connections of the page open one soon after the other, and what they may have missed is read once (milliseconds). */
const GATHERED_FOR = 400;

/** How to sign in, with the start of the page if somebody is signed in. */
export async function readConfig(queries: QueryClient): Promise<AuthConfig> {
  // Nobody has signed in here: the start would be refused, but where everybody is signed in.
  if (credentials.read() === null) {
    const config = await call(api.GET("/api/auth/config"));
    if (!config.autoAdmin) return config;
  }
  try {
    return (await readStart(queries)).config;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    return call(api.GET("/api/auth/config"));
  }
}

export async function readStart(queries: QueryClient): Promise<Bootstrap> {
  const start = await call(api.GET("/api/bootstrap"));
  queries.setQueryData(KEY, start);
  queries.setQueryData(["auth", "me"], start.me);
  queries.setQueryData(["agents"], start.agents);
  queries.setQueryData(["models"], start.models);
  queries.setQueryData(["attachments", "limits"], start.attachmentLimits);
  queries.setQueryData<InfiniteData<SessionPage, string | null>>(["sessions", ""], (known) =>
    // A list in which somebody scrolled further down is read anew as a whole.
    known && known.pages.length > 1 ? known : { pages: [start.sessions], pageParams: [null] },
  );
  queries.setQueryData<InfiniteData<SessionPage, string | null>>(["sessions", PINNED], {
    pages: [start.pinnedSessions],
    pageParams: [null],
  });
  queries.setQueryData(["session-tags"], start.sessionTags);
  return start;
}

/** The start as it was read last. */
export function knownStart(queries: QueryClient): Bootstrap | undefined {
  return queries.getQueryData<Bootstrap>(KEY);
}

let gathering: Promise<Bootstrap> | null = null;

/** Reads the start anew, once for all who ask within a moment. */
export function refreshStart(queries: QueryClient): Promise<Bootstrap> {
  gathering ??= new Promise<void>((resolve) => setTimeout(resolve, GATHERED_FOR)).then(() => {
    gathering = null;
    return readStart(queries);
  });
  return gathering;
}
