/** The tasks in progress, and the session of each. */
import type { Task } from "../../api/types.ts";
import type { TaskEvent } from "../../live/events.ts";

export type RunningAction = { type: "read"; tasks: Task[] } | { type: "event"; event: TaskEvent };
type Running = ReadonlyMap<string, string>;

export function reduceRunning(running: Running, action: RunningAction): Running {
  if (action.type === "read") {
    return new Map(
      action.tasks.flatMap((task) => (task.sessionId ? [[task.id, task.sessionId]] : [])),
    );
  }
  const { taskId, sessionId } = action.event.data;
  const next = new Map(running);
  if (action.event.name === "TaskQueued" || action.event.name === "TaskStarted") {
    next.set(taskId, sessionId);
  } else {
    next.delete(taskId);
  }
  return next;
}
