/** The tasks in progress, and the session of each. */
import type { Task } from "../../api/types.ts";
import type { TaskEvent } from "../../live/events.ts";

export type RunningAction = { type: "read"; tasks: Task[] } | { type: "event"; event: TaskEvent };

export interface Running {
  sessionOf: ReadonlyMap<string, string>;
  /** The tasks that ended last. What was read before may still call them running. */
  ended: readonly string[];
}

export const noneRunning: Running = { sessionOf: new Map(), ended: [] };

/** So many ended tasks are remembered: more do not end while the tasks are read. */
const REMEMBERED = 100;

export function reduceRunning({ sessionOf, ended }: Running, action: RunningAction): Running {
  if (action.type === "read") {
    const running = action.tasks.filter(({ id }) => !ended.includes(id));
    const entries = running.flatMap(({ id, sessionId }): [string, string][] =>
      sessionId ? [[id, sessionId]] : [],
    );
    return { sessionOf: new Map(entries), ended };
  }
  const { taskId, sessionId } = action.event.data;
  const next = new Map(sessionOf);
  if (action.event.name === "TaskQueued" || action.event.name === "TaskStarted") {
    if (sessionId !== null) next.set(taskId, sessionId);
    return { sessionOf: next, ended };
  }
  next.delete(taskId);
  return { sessionOf: next, ended: [taskId, ...ended].slice(0, REMEMBERED) };
}
