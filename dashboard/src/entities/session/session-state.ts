/** The state of one session, and the rules for merging into it. */
import type { Attachment, Message, ToolCall } from "../../api/types.ts";
import type { Activity } from "../../live/events.ts";

/** A tool call as far as it is known: events contain less than the finished message. */
export type ToolView = Pick<ToolCall, "id" | "toolName" | "status"> & Partial<ToolCall>;

/** A turn of the agent that has not ended, or whose final message has not arrived. */
export interface Run {
  taskId: string;
  /** The agent that answers; null as long as it is not known. */
  agentId: string | null;
  phase: "queued" | "running" | "ended";
  activity: Activity | null;
  detail: string | null;
  messageId: string | null;
  text: string;
  /** The chunks streamed during a join, to be appended to the text that the join returns. */
  tail: { offset: number; delta: string }[];
  tools: ToolView[];
}

/** Who answers one message, where that is not who answers in the session. */
export interface Answerer {
  agentId?: string;
  model?: string;
}

/** A message of the user that the gateway has not sent back yet. */
export interface Outgoing {
  localId: string;
  content: string;
  attachments: Attachment[];
  answerer: Answerer;
  phase: "sending" | "accepted" | "failed";
  messageId: string | null;
  error: unknown;
}

export interface Outcome {
  kind: "completed" | "failed" | "cancelled";
  reason: string | null;
  /** The message after which to show the outcome if the turn left no message of its own. */
  afterMessageId: string | null;
}

export interface SessionState {
  /** In the order of their numbers. */
  messages: Message[];
  loaded: boolean;
  hasOlder: boolean;
  /** A join is in progress. */
  joining: boolean;
  runs: Run[];
  outgoing: Outgoing[];
  outcomes: Record<string, Outcome>;
}

export const emptySession: SessionState = {
  messages: [],
  loaded: false,
  hasOlder: false,
  joining: false,
  runs: [],
  outgoing: [],
  outcomes: {},
};

/** The number after which to load messages, so that nothing unfinished or new is missed; null for the newest page. */
export function catchUpFrom(state: SessionState): number | null {
  if (!state.loaded) return null;
  const unfinished = state.messages.find((m) => m.role === "agent" && m.status === "pending");
  if (unfinished) return unfinished.id - 1;
  return state.messages.at(-1)?.id ?? null;
}

/** The turn that a stop button would stop. */
export function activeRun(state: SessionState): Run | undefined {
  return state.runs.findLast((run) => run.phase !== "ended");
}

export function newRun(taskId: string): Run {
  return {
    taskId,
    agentId: null,
    phase: "queued",
    activity: null,
    detail: null,
    messageId: null,
    text: "",
    tail: [],
    tools: [],
  };
}

export function patchRun(
  state: SessionState,
  taskId: string,
  patch: (run: Run) => Run,
): SessionState {
  const known = state.runs.find((run) => run.taskId === taskId);
  if (known === undefined) return { ...state, runs: [...state.runs, patch(newRun(taskId))] };
  return { ...state, runs: state.runs.map((run) => (run === known ? patch(run) : run)) };
}

export function mergeMessages(state: SessionState, incoming: Message[]): SessionState {
  if (incoming.length === 0) return state;
  const byId = new Map(state.messages.map((message) => [message.messageId, message]));
  for (const message of incoming) {
    const known = byId.get(message.messageId);
    if (known === undefined || known.updatedAt <= message.updatedAt)
      byId.set(message.messageId, message);
  }
  const messages = [...byId.values()].sort((a, b) => a.id - b.id);
  const arrived = new Set(messages.flatMap((m) => [m.messageId, m.localId ?? m.messageId]));
  return {
    ...state,
    messages,
    outgoing: state.outgoing.filter(
      (out) => !arrived.has(out.localId) && !(out.messageId !== null && arrived.has(out.messageId)),
    ),
  };
}
