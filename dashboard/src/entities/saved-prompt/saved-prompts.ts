/** The prompts that the user can use: the user's own and those that the tenant shares. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { SavedPrompt } from "../../api/types.ts";

export const SAVED_PROMPTS = ["saved-prompts"];

/** The largest page that the gateway returns. */
const PAGE_SIZE = 200;
/** The gateway keeps 1,500 prompts for a user at most, shared ones included. */
const MOST_PAGES = 8;

/** How long the list counts as fresh (milliseconds). */
const STALE_AFTER = 30_000;

export function useSavedPrompts(wanted = true) {
  return useQuery({
    queryKey: SAVED_PROMPTS,
    queryFn: allPrompts,
    staleTime: STALE_AFTER,
    enabled: wanted,
  });
}

function promptsAfter(cursor: string | null) {
  const query = { limit: PAGE_SIZE, ...(cursor !== null && { cursor }) };
  return call(api.GET("/api/prompts", { params: { query } }));
}

async function allPrompts(): Promise<SavedPrompt[]> {
  const prompts: SavedPrompt[] = [];
  let cursor: string | null = null;
  for (let turn = 0; turn < MOST_PAGES; turn += 1) {
    const page = await promptsAfter(cursor);
    prompts.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  return prompts;
}
