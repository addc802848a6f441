/** The list of sessions, kept current by the hub. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from "@tanstack/react-query";
import { useEffect, useReducer } from "react";
import { api, call } from "../../api/client.ts";
import type { Session, SessionPage } from "../../api/types.ts";
import type { ChatEvents, TaskEvent } from "../../live/events.ts";
import { useLive } from "../../live/live.tsx";
import { reduceRunning, type RunningAction } from "./running.ts";

type Pages = InfiniteData<SessionPage, string | null>;

export function useSessionList(q: string) {
  const { chat } = useLive();
  const queries = useQueryClient();

  useEffect(() => {
    const refetch = () => void queries.invalidateQueries({ queryKey: ["sessions"] });
    const stopEvents = chat.onEvent((event) => {
      if (event.name !== "SessionUpdated") return;
      const lists = queries.getQueriesData<Pages>({ queryKey: ["sessions"] });
      const known = lists.some(([, pages]) => holds(pages, event.data.sessionId));
      queries.setQueriesData<Pages>(
        { queryKey: ["sessions"] },
        (pages) => pages && withUpdate(pages, event.data),
      );
      if (!known && event.data.change !== "deleted") refetch();
    });
    const stopGreeting = chat.onLive(refetch);
    return () => {
      stopEvents();
      stopGreeting();
    };
  }, [chat, queries]);

  return useInfiniteQuery({
    queryKey: ["sessions", q],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/sessions", {
          params: { query: { ...(q !== "" && { q }), ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    select: ({ pages }) =>
      pages.flatMap(({ items }) => items).sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)),
  });
}

/** What the list knows of a session. */
export function listedSession(queries: QueryClient, id: string): Session | undefined {
  return queries
    .getQueriesData<Pages>({ queryKey: ["sessions"] })
    .flatMap(([, lists]) => lists?.pages ?? [])
    .flatMap(({ items }) => items)
    .find((session) => session.id === id);
}

function holds(pages: Pages | undefined, sessionId: string): boolean {
  return pages?.pages.some(({ items }) => items.some(({ id }) => id === sessionId)) ?? false;
}

function withUpdate(pages: Pages, update: ChatEvents["SessionUpdated"]): Pages {
  const { sessionId, change, title, updatedAt } = update;
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      items:
        change === "deleted"
          ? page.items.filter(({ id }) => id !== sessionId)
          : page.items.map((item) =>
              item.id === sessionId ? { ...item, title, updatedAt } : item,
            ),
    })),
  };
}

/** The sessions in which an agent is at work now. */
export function useRunningSessions(): Set<string> {
  const { tasks } = useLive();
  const [running, dispatch] = useReducer(reduceRunning, new Map<string, string>());

  useEffect(() => {
    const read = async () => {
      const { items } = await call(api.GET("/api/tasks/active"));
      dispatch({ type: "read", tasks: items } satisfies RunningAction);
    };
    const stopEvents = tasks.onEvent((event: TaskEvent) => dispatch({ type: "event", event }));
    // The marks are an extra: when the ledger cannot be read now, events bring them later.
    const stopGreeting = tasks.onLive(() => void read().catch(() => undefined));
    return () => {
      stopEvents();
      stopGreeting();
    };
  }, [tasks]);

  return new Set(running.values());
}
