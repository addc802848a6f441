/** The ledger of tasks, kept current by the tasks hub. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { api, call } from "../../api/client.ts";
import { useLive } from "../../live/live.tsx";

export interface HistoryFilter {
  status: string;
  agent: string;
  q: string;
}

/** Events come in bursts; the ledger is read again at most this often (milliseconds). */
const SETTLE = 400;

export function useActiveTasks() {
  return useQuery({
    queryKey: ["tasks", "active"],
    queryFn: () => call(api.GET("/api/tasks/active")),
    select: (page) => page.items,
  });
}

export function useTaskHistory({ status, agent, q }: HistoryFilter) {
  return useInfiniteQuery({
    queryKey: ["tasks", "history", status, agent, q],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...(status !== "" && { status }),
        ...(agent !== "" && { agent }),
        ...(q.trim() !== "" && { q: q.trim() }),
        ...(pageParam !== null && { cursor: pageParam }),
      };
      return call(api.GET("/api/tasks/history", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

/** Reads what is on the page again when the hub tells of a change, and after a reconnect. */
export function useLedgerEvents() {
  const { tasks } = useLive();
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refetch = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: ["tasks"] });
      }, SETTLE);
    };
    const stopEvents = tasks.onEvent(refetch);
    const stopGreeting = tasks.onLive(refetch);
    return () => {
      clearTimeout(timer);
      stopEvents();
      stopGreeting();
    };
  }, [tasks, queries]);
}
