import { describe, expect, it } from "vitest";
import type { Task } from "../../api/types.ts";
import type { TaskEvent } from "../../live/events.ts";
import { noneRunning, reduceRunning, type Running } from "./running.ts";

const event = (name: string, taskId: string) =>
  ({ type: "event", event: { name, data: { taskId, sessionId: "ses_1" } } as TaskEvent }) as const;

const sessions = ({ sessionOf }: Running) => [...sessionOf];
const read = (...ids: string[]) =>
  ({ type: "read", tasks: ids.map((id) => ({ id, sessionId: "ses_2" }) as Task) }) as const;

describe("the tasks under way", () => {
  it("come with their start and go with their end, whatever it is", () => {
    const started = reduceRunning(noneRunning, event("TaskQueued", "task_1"));
    expect(sessions(started)).toEqual([["task_1", "ses_1"]]);
    for (const end of ["TaskCompleted", "TaskFailed", "TaskCancelled"]) {
      expect(sessions(reduceRunning(started, event(end, "task_1")))).toEqual([]);
    }
  });

  it("are replaced by what the ledger says", () => {
    const stale = reduceRunning(noneRunning, event("TaskStarted", "task_1"));
    expect(sessions(reduceRunning(stale, read("task_2")))).toEqual([["task_2", "ses_2"]]);
  });

  it("do not come back because the ledger was read before their end", () => {
    const ended = reduceRunning(noneRunning, event("TaskCompleted", "task_1"));
    expect(sessions(reduceRunning(ended, read("task_1", "task_2")))).toEqual([["task_2", "ses_2"]]);
  });
});
