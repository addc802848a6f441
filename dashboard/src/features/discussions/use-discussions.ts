/** Discussions and their runs; events keep an open run up to date. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, call } from "../../api/client.ts";
import { useLive } from "../../live/live.tsx";
import { hasEnded } from "./run-events.ts";

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

/** How often the runs are refetched while one of them is in progress (milliseconds). */
const POLL_INTERVAL = 5_000;

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
        ? POLL_INTERVAL
        : false,
  });
}

export function useRun(runId: string) {
  const { discussion } = useLive();
  const queries = useQueryClient();
  useEffect(() => {
    // It fails only when the connection breaks, and is repeated after the next connect.
    const ask = (method: string) =>
      void discussion.invoke(method, { runId }).catch(() => undefined);
    const stopConnected = discussion.onConnected(() => {
      ask("Subscribe");
      void queries.invalidateQueries({ queryKey: ["discussion-run", runId] });
    });
    return () => {
      stopConnected();
      if (discussion.state.phase === "live") ask("Unsubscribe");
    };
  }, [discussion, queries, runId]);

  return useQuery({
    queryKey: ["discussion-run", runId],
    queryFn: () => call(api.GET("/api/discussions/runs/{id}", { params: { path: { id: runId } } })),
  });
}
