/** How events of the tasks hub change the cached tasks. */
import type { QueryClient } from "@tanstack/react-query";
import type { Task } from "../../api/types.ts";
import { TASK_EVENTS, type TaskEvent } from "../../live/events.ts";
import { handle, type EventHandler } from "../../live/handlers.ts";

/** Events come in bursts; the lists are refetched at most this often (milliseconds). */
const REFRESH_INTERVAL = 2_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let lastRefetch = 0;

function refetchSoon(queries: QueryClient) {
  timer ??= setTimeout(
    () => {
      timer = undefined;
      lastRefetch = Date.now();
      void queries.invalidateQueries({ queryKey: ["tasks"] });
    },
    Math.max(0, lastRefetch + REFRESH_INTERVAL - Date.now()),
  );
}

/** Applies each event at once, and refetches the rest soon after. */
export const taskEvents: readonly EventHandler[] = [
  handle(
    "tasks",
    TASK_EVENTS,
    (event, queries) => {
      queries.setQueryData<Task[]>(
        ["tasks", "active"],
        (tasks) => tasks && withEvent(tasks, event),
      );
      refetchSoon(queries);
    },
    refetchSoon,
  ),
];

function withEvent(tasks: Task[], { name, data }: TaskEvent): Task[] {
  switch (name) {
    case "TaskQueued":
      return tasks;
    case "TaskStarted":
      return tasks.map((task) => (task.id === data.taskId ? { ...task, status: "running" } : task));
    default:
      return tasks.filter((task) => task.id !== data.taskId);
  }
}
