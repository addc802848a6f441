/** How each event of the discussion hub changes a run. The text of a turn is read by REST. */
import type { DiscussionRun, DiscussionRunDetail, DiscussionTurn } from "../../api/types.ts";
import type { DiscussionEvent, DiscussionEvents } from "../../live/events.ts";
import { handle, type EventHandler } from "../../live/handlers.ts";

export const RUN_EVENTS = [
  "DiscussionStarted",
  "RoundStarted",
  "TurnStarted",
  "TurnCompleted",
  "JudgeStarted",
  "Verdict",
  "DiscussionCompleted",
  "DiscussionFailed",
  "DiscussionCancelled",
] as const satisfies (keyof DiscussionEvents)[];

const ENDED: readonly DiscussionRun["status"][] = ["completed", "failed", "cancelled"];

export function hasEnded({ status }: Pick<DiscussionRun, "status">): boolean {
  return ENDED.includes(status);
}

export function applyRunEvent(
  run: DiscussionRunDetail,
  event: DiscussionEvent,
): DiscussionRunDetail {
  // An event that arrives after the end adds nothing.
  if (event.data.runId !== run.id || hasEnded(run)) return run;
  switch (event.name) {
    case "DiscussionStarted":
    case "RoundStarted":
      return { ...run, status: "running" };
    case "TurnStarted":
      return withTurn(run, startedTurn(event.data));
    case "TurnCompleted":
      return withTurn(run, endedTurn(event.data));
    case "JudgeStarted":
      return { ...run, status: "judging" };
    case "Verdict":
      return { ...run, verdict: event.data.verdict };
    case "DiscussionCompleted": {
      const { verdictHash, durationMs } = event.data;
      return { ...run, status: "completed", verdictHash, durationMs };
    }
    case "DiscussionFailed":
      return { ...run, status: "failed", error: event.data.error };
    case "DiscussionCancelled":
      return { ...run, status: "cancelled", cancelledBy: event.data.cancelledBy };
  }
}

/** Keeps a run up to date while `useRun` is subscribed to it. */
export const discussionEvents: readonly EventHandler[] = [
  handle("discussion", RUN_EVENTS, (event, queries) => {
    const key = ["discussion-run", event.data.runId];
    queries.setQueryData<DiscussionRunDetail>(key, (run) => run && applyRunEvent(run, event));
    // What was said is read by REST.
    void queries.invalidateQueries({ queryKey: key });
  }),
];

type TurnPatch = Pick<DiscussionTurn, "panelistId" | "round"> & Partial<DiscussionTurn>;

function startedTurn(data: DiscussionEvents["TurnStarted"]): TurnPatch {
  return {
    panelistId: data.panelistId,
    round: data.roundNumber,
    taskId: data.taskId,
    status: "running",
  };
}

function endedTurn(data: DiscussionEvents["TurnCompleted"]): TurnPatch {
  return {
    panelistId: data.panelistId,
    round: data.roundNumber,
    status: data.status,
    contentHash: data.contentHash,
    durationMs: data.durationMs,
  };
}

const SILENT = {
  taskId: "",
  status: "running",
  content: "",
  contentHash: "",
  error: null,
  durationMs: 0,
  startedAt: "",
  endedAt: null,
  usage: null,
} as const;

function withTurn(run: DiscussionRunDetail, patch: TurnPatch): DiscussionRunDetail {
  const { turns } = run;
  const known = turnOf(run, patch.panelistId, patch.round);
  if (known === undefined) {
    const turn = { ...SILENT, ...patch };
    return { ...run, status: "running", turns: [...turns, turn] };
  }
  // The start may be reported after a page that already contains the end.
  const late = patch.status === "running" && known.status !== "running";
  if (late) return run;
  return { ...run, turns: turns.map((turn) => (turn === known ? { ...turn, ...patch } : turn)) };
}

export function turnOf(
  run: DiscussionRunDetail,
  panelistId: string,
  round: number,
): DiscussionTurn | undefined {
  return run.turns.find((turn) => turn.panelistId === panelistId && turn.round === round);
}

/** The numbers of the rounds that have started. */
export function startedRounds(run: DiscussionRunDetail): number[] {
  const last = Math.max(0, ...run.turns.map(({ round }) => round));
  return Array.from({ length: last }, (_, index) => index + 1);
}
