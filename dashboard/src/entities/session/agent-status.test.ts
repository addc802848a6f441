import { describe, expect, it } from "vitest";
import type { Prompt } from "../prompt/inbox.ts";
import { newRun, type Run } from "./session-state.ts";
import { statusText } from "./agent-status.tsx";

const run: Run = { ...newRun("task_1"), phase: "running" };
const prompt = (kind: Prompt["kind"], status: string, taskId = "task_1") =>
  ({ kind, request: { id: "x", taskId, status, toolName: "memory.forget_all" } }) as Prompt;
const text = (over: Partial<Run>, ...prompts: Prompt[]) =>
  statusText({ ...run, ...over }, prompts, "Ada");

describe("what an agent is doing", () => {
  it("is what it waits for, also for who has heard of nothing else", () => {
    expect(text({}, prompt("approval", "pending"))).toBe(
      "Ada needs your approval for memory.forget_all",
    );
    expect(text({ phase: "queued" }, prompt("question", "pending"))).toBe(
      "Ada is waiting for your answer",
    );
  });

  it("is no longer waiting once it was answered", () => {
    const asked = { activity: "waiting_approval", detail: "memory.forget_all" } as const;
    expect(text(asked, prompt("approval", "approved"))).toBe("Ada is thinking");
    const asks = { activity: "calling_tool", detail: "person.ask" } as const;
    expect(text(asks, prompt("question", "answered"))).toBe("Ada is thinking");
  });

  it("is waiting, too, if somebody else is to answer", () => {
    expect(text({ activity: "waiting_approval", detail: "node.command" })).toBe(
      "Ada needs your approval for node.command",
    );
  });

  it("is not what another turn waits for", () => {
    expect(text({}, prompt("approval", "pending", "task_2"))).toBe("Ada is thinking");
    expect(text({ phase: "queued" })).toBe("Ada is waiting in the queue");
    expect(text({ activity: "calling_tool", detail: "calculator" })).toBe(
      "Ada is using calculator",
    );
  });
});
