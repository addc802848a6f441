import { describe, expect, it } from "vitest";
import type { DiscussionRunDetail } from "../../api/types.ts";
import type { DiscussionEvent } from "../../live/events.ts";
import { applyRunEvent, startedRounds, turnOf } from "./run-events.ts";

const queued = {
  id: "run_1",
  status: "queued",
  turns: [],
  verdict: null,
} as unknown as DiscussionRunDetail;
const event = (name: string, data: object = {}) =>
  ({ name, data: { runId: "run_1", ...data } }) as DiscussionEvent;
const after = (...events: DiscussionEvent[]) => events.reduce(applyRunEvent, queued);
const turn = (panelistId: string, roundNumber: number) => ({ panelistId, roundNumber });

describe("a run of a discussion", () => {
  it("goes from the queue to a verdict", () => {
    const verdict = { recommendation: "Yes" };
    const events = [
      event("DiscussionStarted"),
      event("RoundStarted", { roundNumber: 1 }),
      event("TurnStarted", { ...turn("p1", 1), taskId: "task_1" }),
      event("TurnCompleted", { ...turn("p1", 1), status: "completed", durationMs: 9 }),
      event("JudgeStarted"),
      event("Verdict", { verdict }),
      event("DiscussionCompleted", { verdictHash: "h", durationMs: 10 }),
    ];
    const statuses = events.map((_, index) => after(...events.slice(0, index + 1)).status);
    expect(statuses).toEqual([
      "running",
      "running",
      "running",
      "running",
      "judging",
      "judging",
      "completed",
    ]);
    expect(after(...events)).toMatchObject({ verdict, durationMs: 10, verdictHash: "h" });
  });

  it("has panelists that speak at the same time, each with an end of its own", () => {
    const run = after(
      event("TurnStarted", turn("p1", 1)),
      event("TurnStarted", turn("p2", 1)),
      event("TurnCompleted", { ...turn("p2", 1), status: "timeOut" }),
    );
    expect(turnOf(run, "p1", 1)?.status).toBe("running");
    expect(turnOf(run, "p2", 1)?.status).toBe("timeOut");
    expect(startedRounds(run)).toEqual([1]);
  });

  it("keeps what was read of a turn when late news of its start comes", () => {
    const read = {
      ...queued,
      turns: [{ panelistId: "p1", round: 1, status: "completed", content: "said" }],
    } as unknown as DiscussionRunDetail;
    const run = applyRunEvent(read, event("TurnStarted", turn("p1", 1)));
    expect(turnOf(run, "p1", 1)).toMatchObject({ status: "completed", content: "said" });
  });

  it("stays as it ended", () => {
    const run = after(
      event("DiscussionCancelled", { cancelledBy: "usr_1" }),
      event("TurnStarted", turn("p1", 1)),
      event("DiscussionFailed", { error: "late" }),
    );
    expect(run).toMatchObject({ status: "cancelled", cancelledBy: "usr_1", turns: [] });
  });

  it("is not changed by another run", () => {
    expect(after(event("JudgeStarted", { runId: "run_2" }))).toBe(queued);
  });
});
