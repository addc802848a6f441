/** How each event of the chat hub changes the state of its session. */
import type { Message } from "../../api/types.ts";
import { TASK_EVENTS, type ChatEvent, type ChatEvents } from "../../live/events.ts";
import {
  mergeMessages,
  patchRun,
  type Outcome,
  type Run,
  type SessionState,
  type ToolView,
} from "./session-state.ts";

export const SESSION_EVENTS = [
  ...TASK_EVENTS,
  "AgentStatus",
  "StreamChunk",
  "ToolCallStarted",
  "ToolCallCompleted",
  "ReceiveMessage",
  "SessionUpdated",
] as const satisfies (keyof ChatEvents)[];

export function applyEvent(state: SessionState, event: ChatEvent): SessionState {
  switch (event.name) {
    case "ReceiveMessage":
      return received(state, event.data);
    case "TaskCompleted":
      return ended(state, event.data.taskId, "completed", null);
    case "TaskFailed":
      return ended(state, event.data.taskId, "failed", event.data.error);
    case "TaskCancelled":
      return ended(state, event.data.taskId, "cancelled", event.data.reason ?? null);
    case "SessionUpdated":
    case "SessionMarked":
      return state;
    default:
      // An event that arrives after the end of its task adds nothing.
      return event.data.taskId in state.outcomes ? state : progressed(state, event);
  }
}

type Progress = Exclude<
  ChatEvent,
  {
    name:
      | "ReceiveMessage"
      | "TaskCompleted"
      | "TaskFailed"
      | "TaskCancelled"
      | "SessionUpdated"
      | "SessionMarked";
  }
>;

function progressed(state: SessionState, event: Progress): SessionState {
  return patchRun(state, event.data.taskId, (run) => {
    switch (event.name) {
      case "TaskQueued":
        return { ...run, agentId: event.data.agentId };
      case "TaskStarted":
        return { ...run, agentId: event.data.agentId, phase: "running" };
      case "AgentStatus":
        return withActivity(run, event.data);
      case "StreamChunk":
        return withChunk(run, event.data, state.joining);
      case "ToolCallStarted":
        return { ...run, phase: "running", tools: withTool(run.tools, startedTool(event.data)) };
      case "ToolCallCompleted":
        return { ...run, tools: withTool(run.tools, finishedTool(event.data)) };
    }
  });
}

function withActivity(run: Run, status: ChatEvents["AgentStatus"]): Run {
  const next: Run = {
    ...run,
    phase: status.status === "queued" ? "queued" : "running",
    activity: status.status,
    detail: status.detail,
    messageId: status.messageId ?? run.messageId,
  };
  // The gateway was restarted and starts the answer over: the text streamed so far is void.
  return status.status === "resuming" ? { ...next, text: "", tail: [], tools: [] } : next;
}

function withChunk(run: Run, chunk: ChatEvents["StreamChunk"], joining: boolean): Run {
  const { messageId, delta, offset } = chunk;
  return {
    ...run,
    phase: "running",
    activity: "writing",
    detail: null,
    messageId,
    text: run.text + delta,
    tail: joining ? [...run.tail, { offset, delta }] : run.tail,
  };
}

function startedTool(data: ChatEvents["ToolCallStarted"]): ToolView {
  return {
    id: data.toolCallId,
    toolName: data.toolName,
    argsHash: data.argsHash,
    textOffset: data.textOffset,
    status: "running",
  };
}

function finishedTool(data: ChatEvents["ToolCallCompleted"]): ToolView {
  return {
    id: data.toolCallId,
    toolName: data.toolName,
    durationMs: data.durationMs,
    status: data.ok ? "completed" : "failed",
  };
}

function withTool(tools: ToolView[], tool: ToolView): ToolView[] {
  if (!tools.some(({ id }) => id === tool.id)) return [...tools, tool];
  return tools.map((known) => (known.id === tool.id ? { ...known, ...tool } : known));
}

function received(state: SessionState, message: Message): SessionState {
  const merged = mergeMessages(state, [message]);
  const { taskId } = message;
  if (message.role !== "agent" || message.status === "pending" || !taskId) return merged;
  return {
    ...merged,
    runs: merged.runs.filter((run) => run.taskId !== taskId),
    outcomes: {
      ...merged.outcomes,
      [taskId]: merged.outcomes[taskId] ?? {
        kind: "completed",
        reason: null,
        afterMessageId: message.messageId,
      },
    },
  };
}

/** Keeps the run as `ended` while only its streamed text is known, until the final message arrives. */
function ended(
  state: SessionState,
  taskId: string,
  kind: Outcome["kind"],
  reason: string | null,
): SessionState {
  const run = state.runs.find((candidate) => candidate.taskId === taskId);
  const last = state.outgoing.at(-1)?.messageId ?? state.messages.at(-1)?.messageId ?? null;
  const afterMessageId = state.outcomes[taskId]?.afterMessageId ?? run?.messageId ?? last;
  const runs = state.runs
    .filter((candidate) => candidate !== run || run.text !== "" || run.tools.length > 0)
    .map((candidate) =>
      candidate === run
        ? { ...run, phase: "ended" as const, activity: null, tools: run.tools.map(stopped) }
        : candidate,
    );
  return {
    ...state,
    runs,
    outcomes: { ...state.outcomes, [taskId]: { kind, reason, afterMessageId } },
  };
}

function stopped(tool: ToolView): ToolView {
  return tool.status === "running" ? { ...tool, status: "cancelled" } : tool;
}
