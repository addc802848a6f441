/** Discussions and their runs; an open run is kept current by the discussion hub. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, call } from "../../api/client.ts";
import type { DiscussionRunDetail } from "../../api/types.ts";
import { useLive } from "../../live/live.tsx";
import { applyRunEvent, hasEnded } from "./run-events.ts";

export function useDiscussions() {
  return useInfiniteQuery({
    queryKey: ["discussions"],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/discussions", {
          params: { query: pageParam === null ? {} : { cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

export function useDiscussion(id: string) {
  return useQuery({
    queryKey: ["discussion", id],
    queryFn: () => call(api.GET("/api/discussions/{id}", { params: { path: { id } } })),
  });
}

/** How often past runs are read while one of them has not ended (milliseconds). */
const WHILE_RUNNING = 5_000;

export function useRuns(id: string) {
  return useInfiniteQuery({
    queryKey: ["discussion-runs", id],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/discussions/{id}/runs", {
          params: { path: { id }, query: pageParam === null ? {} : { cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((run) => !hasEnded(run))) === true
        ? WHILE_RUNNING
        : false,
  });
}

export function useRun(runId: string) {
  const { discussion } = useLive();
  const queries = useQueryClient();
  useEffect(() => {
    const key = ["discussion-run", runId];
    const reread = () => void queries.invalidateQueries({ queryKey: key });
    const stopEvents = discussion.onEvent((event) => {
      if (event.data.runId !== runId) return;
      queries.setQueryData<DiscussionRunDetail>(key, (run) => run && applyRunEvent(run, event));
      reread();
    });
    // It fails only when the link breaks, and is repeated when that is live again.
    const ask = (method: string) =>
      void discussion.invoke(method, { runId }).catch(() => undefined);
    const stopGreeting = discussion.onLive(() => {
      ask("Subscribe");
      reread();
    });
    return () => {
      stopEvents();
      stopGreeting();
      if (discussion.state.phase === "live") ask("Unsubscribe");
    };
  }, [discussion, queries, runId]);

  return useQuery({
    queryKey: ["discussion-run", runId],
    queryFn: () => call(api.GET("/api/discussions/runs/{id}", { params: { path: { id: runId } } })),
  });
}
