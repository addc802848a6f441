import { describe, expect, it } from "vitest";
import type { Task } from "../../api/types.ts";
import type { TaskEvent } from "../../live/events.ts";
import { reduceRunning } from "./running.ts";

const event = (name: string, taskId: string) =>
  ({ type: "event", event: { name, data: { taskId, sessionId: "ses_1" } } as TaskEvent }) as const;

describe("the tasks under way", () => {
  it("come with their start and go with their end, whatever it is", () => {
    const started = reduceRunning(new Map(), event("TaskQueued", "task_1"));
    expect([...started]).toEqual([["task_1", "ses_1"]]);
    for (const end of ["TaskCompleted", "TaskFailed", "TaskCancelled"]) {
      expect(reduceRunning(started, event(end, "task_1")).size).toBe(0);
    }
  });

  it("are replaced by what the ledger says", () => {
    const stale = reduceRunning(new Map(), event("TaskStarted", "task_1"));
    const tasks = [{ id: "task_2", sessionId: "ses_2" } as Task];
    expect([...reduceRunning(stale, { type: "read", tasks })]).toEqual([["task_2", "ses_2"]]);
  });
});
