/** The events of the hubs, as the gateway sends them: one object each. Hubs are not part of the
 * OpenAPI document, so their shapes are written here; what they share with REST is taken from it. */
import type { Message } from "../api/types.ts";

interface OfTask {
  taskId: string;
  sessionId: string;
}

export interface TaskEvents {
  TaskQueued: OfTask;
  TaskStarted: OfTask & { startedAt: string };
  TaskCompleted: OfTask & { durationMs: number; tokensUsed: number };
  TaskFailed: OfTask & { error: string };
  TaskCancelled: OfTask & { cancelledBy: string | null };
}

export type Activity = "thinking" | "writing" | "calling_tool" | "waiting_approval" | "resuming";

export interface ChatEvents extends TaskEvents {
  AgentStatus: OfTask & { messageId?: string; status: Activity; detail: string | null };
  /** `seq` is the number of the event, by which a chunk is known to be in a text or not. */
  StreamChunk: OfTask & { messageId: string; delta: string; isFinal: boolean; seq: number };
  ToolCallStarted: OfTask & { toolCallId: string; toolName: string; argsHash: string };
  ToolCallCompleted: OfTask & {
    toolCallId: string;
    toolName: string;
    durationMs: number;
    ok: boolean;
  };
  ReceiveMessage: Message;
  SessionUpdated: {
    sessionId: string;
    title: string;
    updatedAt: string;
    change: "created" | "updated" | "deleted";
  };
}

/** What `JoinSession` answers: the texts being written, each whole up to the event `seq`. */
export interface Joined {
  sessionId: string;
  pending: { taskId: string; messageId: string; content: string; seq: number }[];
}

/** `{name, data}` pairs, so that one `switch` handles them all with the right types. */
export type EventOf<Events> = {
  [Name in keyof Events]: { name: Name; data: Events[Name] };
}[keyof Events];
export type ChatEvent = EventOf<ChatEvents>;
export type TaskEvent = EventOf<TaskEvents>;

export const TASK_EVENTS = [
  "TaskQueued",
  "TaskStarted",
  "TaskCompleted",
  "TaskFailed",
  "TaskCancelled",
] as const satisfies (keyof TaskEvents)[];

export const CHAT_EVENTS = [
  ...TASK_EVENTS,
  "AgentStatus",
  "StreamChunk",
  "ToolCallStarted",
  "ToolCallCompleted",
  "ReceiveMessage",
  "SessionUpdated",
] as const satisfies (keyof ChatEvents)[];
