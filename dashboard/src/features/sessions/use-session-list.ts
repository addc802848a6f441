/** The list of sessions, kept up to date by `sessionEvents`. */
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useReducer } from "react";
import { api, call } from "../../api/client.ts";
import { refreshStart } from "../../entities/start/start.ts";
import { TASK_EVENTS } from "../../live/events.ts";
import { useLive } from "../../live/live.tsx";
import { filterKey, type SessionFilter } from "./session-filter.ts";
import { noneRunning, reduceRunning, type RunningAction } from "./running.ts";

export function useSessionList(filter: SessionFilter) {
  return useInfiniteQuery({
    queryKey: ["sessions", filterKey(filter)],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/sessions", {
          params: { query: { ...filter, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    select: ({ pages }) =>
      pages
        .flatMap(({ items }) => items)
        // What was archived or unpinned a moment ago is gone at once.
        .filter(({ marks }) => marks.isArchived === (filter.archived ?? false))
        .filter(({ marks }) => filter.pinned === undefined || marks.isPinned)
        .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)),
  });
}

/** The ids of the sessions in which an agent is working. */
export function useRunningSessions(): Set<string> {
  const { tasks } = useLive();
  const queries = useQueryClient();
  const [running, dispatch] = useReducer(reduceRunning, noneRunning);

  useEffect(() => {
    const read = async () => {
      const { activeTasks } = await refreshStart(queries);
      dispatch({ type: "read", tasks: activeTasks?.items ?? [] } satisfies RunningAction);
    };
    const stopEvents = tasks.on(TASK_EVENTS, (event) => dispatch({ type: "event", event }));
    // If the tasks cannot be read now, later events bring the marks.
    const stopConnected = tasks.onConnected(() => void read().catch(() => undefined));
    return () => {
      stopEvents();
      stopConnected();
    };
  }, [tasks, queries]);

  return new Set(running.sessionOf.values());
}
