/** The sessions in the query cache, and how events of the chat hub change them. */
import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import type { Session, SessionPage } from "../../api/types.ts";
import type { ChatEvents } from "../../live/events.ts";
import { refreshStart } from "../../entities/start/start.ts";
import { handle, type EventHandler } from "../../live/handlers.ts";

type Pages = InfiniteData<SessionPage, string | null>;

function refetchLists(queries: QueryClient) {
  void queries.invalidateQueries({ queryKey: ["sessions"] });
}

/** Keeps the lists and the open session up to date. */
export const sessionEvents: readonly EventHandler[] = [
  handle(
    "chat",
    ["SessionUpdated"],
    ({ data }, queries) => {
      const { sessionId, change } = data;
      const lists = queries.getQueriesData<Pages>({ queryKey: ["sessions"] });
      const known = lists.some(([, pages]) => holds(pages, sessionId));
      queries.setQueriesData<Pages>(
        { queryKey: ["sessions"] },
        (pages) => pages && withUpdate(pages, data),
      );
      if (change === "deleted") return;
      queries.setQueryData<Session>(
        ["session", sessionId],
        (session) => session && { ...session, ...changeOf(data) },
      );
      if (!known) refetchLists(queries);
    },
    (queries) => {
      void refreshStart(queries).catch(() => undefined);
      void queries.invalidateQueries({ predicate: isBeyondStart });
    },
  ),
];

/** A list that is not in the start of the page: of a search, or one in which somebody scrolled further down. */
function isBeyondStart({ queryKey, state }: Query): boolean {
  if (queryKey[0] !== "sessions") return false;
  return queryKey[1] !== "" || ((state.data as Pages | undefined)?.pages.length ?? 0) > 1;
}

/** A session as the lists have it. */
export function listedSession(queries: QueryClient, id: string): Session | undefined {
  return queries
    .getQueriesData<Pages>({ queryKey: ["sessions"] })
    .flatMap(([, lists]) => lists?.pages ?? [])
    .flatMap(({ items }) => items)
    .find((session) => session.id === id);
}

/** What an update says of a session as it is now. */
function changeOf({ title, updatedAt, lastOutcome }: ChatEvents["SessionUpdated"]) {
  return { title, updatedAt, lastOutcome };
}

function holds(pages: Pages | undefined, sessionId: string): boolean {
  return pages?.pages.some(({ items }) => items.some(({ id }) => id === sessionId)) ?? false;
}

function withUpdate(pages: Pages, update: ChatEvents["SessionUpdated"]): Pages {
  const { sessionId, change } = update;
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      items:
        change === "deleted"
          ? page.items.filter(({ id }) => id !== sessionId)
          : page.items.map((item) =>
              item.id === sessionId ? { ...item, ...changeOf(update) } : item,
            ),
    })),
  };
}
