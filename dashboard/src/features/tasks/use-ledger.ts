/** The ledger of tasks, kept current by the tasks hub. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { api, call } from "../../api/client.ts";
import type { TaskPage } from "../../api/types.ts";
import type { TaskEvent } from "../../live/events.ts";
import { useLive } from "../../live/live.tsx";

export interface HistoryFilter {
  status: string;
  agent: string;
  q: string;
}

/** Events come in bursts; the ledger is read again at most this often (milliseconds). */
const SETTLE = 2_000;

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
    // What is under way is shown above it.
    select: ({ pages }) =>
      pages.flatMap(({ items }) => items).filter(({ endedAt }) => endedAt !== null),
  });
}

/** Applies at once what the hub tells, and reads the rest again when things have settled. */
export function useLedgerEvents() {
  const { tasks } = useLive();
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const refetch = () => {
      const wait = Math.max(0, last + SETTLE - Date.now());
      timer ??= setTimeout(() => {
        timer = undefined;
        last = Date.now();
        void queries.invalidateQueries({ queryKey: ["tasks"] });
      }, wait);
    };
    const stopEvents = tasks.onEvent((event) => {
      queries.setQueryData<TaskPage>(["tasks", "active"], (page) => page && withEvent(page, event));
      refetch();
    });
    const stopGreeting = tasks.onLive(refetch);
    return () => {
      clearTimeout(timer);
      stopEvents();
      stopGreeting();
    };
  }, [tasks, queries]);
}

function withEvent(page: TaskPage, { name, data }: TaskEvent): TaskPage {
  if (name === "TaskQueued") return page;
  const items =
    name === "TaskStarted"
      ? page.items.map((task) =>
          task.id === data.taskId ? { ...task, status: "running" as const } : task,
        )
      : page.items.filter((task) => task.id !== data.taskId);
  return { ...page, items };
}
