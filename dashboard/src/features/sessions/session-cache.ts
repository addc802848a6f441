/** The sessions in the query cache, and how events of the chat hub change them. */
import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import type { ListedSession, Session, SessionMarks, SessionPage } from "../../api/types.ts";
import type { ChatEvents } from "../../live/events.ts";
import { branchesKey } from "./branches.ts";
import { PINNED, refreshStart } from "../../entities/start/start.ts";
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
      if (change === "branched") {
        void queries.invalidateQueries({ queryKey: branchesKey(sessionId) });
      }
      if (!known) refetchLists(queries);
    },
    (queries) => {
      void refreshStart(queries).catch(() => undefined);
      // An open session may have gone to another branch meanwhile.
      void queries.invalidateQueries({ queryKey: ["session"] });
      void queries.invalidateQueries({ predicate: isBeyondStart });
    },
  ),
  handle("chat", ["SessionMarked"], ({ data: { sessionId, marks } }, queries) =>
    keepMarks(queries, sessionId, marks),
  ),
];

/** Puts the marks of a session wherever they are shown, and reads the lists anew that it may have left or entered. */
export function keepMarks(queries: QueryClient, id: string, marks: SessionMarks) {
  const before = listedSession(queries, id)?.marks;
  queries.setQueryData<SessionMarks>(marksKey(id), marks);
  queries.setQueriesData<Pages>(
    { queryKey: ["sessions"] },
    (pages) => pages && withSession(pages, id, (session) => ({ ...session, marks })),
  );
  const tags = marks.tags.join("\n");
  const isListedElsewhere =
    before?.isPinned !== marks.isPinned || before.isArchived !== marks.isArchived;
  if (isListedElsewhere || before.tags.join("\n") !== tags) refetchLists(queries);
  if (before?.tags.join("\n") !== tags) {
    void queries.invalidateQueries({ queryKey: ["session-tags"] });
  }
}

export function marksKey(id: string) {
  return ["session", id, "marks"];
}

/** A list that is not in the start of the page: of a search, or one in which somebody scrolled further down. */
function isBeyondStart({ queryKey, state }: Query): boolean {
  if (queryKey[0] !== "sessions" || queryKey[1] === PINNED) return false;
  return queryKey[1] !== "" || ((state.data as Pages | undefined)?.pages.length ?? 0) > 1;
}

/** A session as the lists have it. */
export function listedSession(queries: QueryClient, id: string): ListedSession | undefined {
  return queries
    .getQueriesData<Pages>({ queryKey: ["sessions"] })
    .flatMap(([, lists]) => lists?.pages ?? [])
    .flatMap(({ items }) => items)
    .find((session) => session.id === id);
}

/** What an update says of a session as it is now. */
function changeOf(update: ChatEvents["SessionUpdated"]) {
  const { title, updatedAt, lastOutcome, messageCount, branch } = update;
  return { title, updatedAt, lastOutcome, messageCount, branch };
}

function holds(pages: Pages | undefined, sessionId: string): boolean {
  return pages?.pages.some(({ items }) => items.some(({ id }) => id === sessionId)) ?? false;
}

function withUpdate(pages: Pages, update: ChatEvents["SessionUpdated"]): Pages {
  const { sessionId, change } = update;
  if (change !== "deleted") {
    return withSession(pages, sessionId, (session) => ({ ...session, ...changeOf(update) }));
  }
  return withItems(pages, (items) => items.filter(({ id }) => id !== sessionId));
}

function withSession(
  pages: Pages,
  sessionId: string,
  change: (session: ListedSession) => ListedSession,
): Pages {
  return withItems(pages, (items) =>
    items.map((item) => (item.id === sessionId ? change(item) : item)),
  );
}

function withItems(pages: Pages, change: (items: ListedSession[]) => ListedSession[]): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, items: change(page.items) })),
  };
}
