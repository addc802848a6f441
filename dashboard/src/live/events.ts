/** The events of the hubs, as the gateway sends them: one object each. Hubs are not part of the
 * OpenAPI document, so their shapes are written here; shapes that REST has as well come from the document. */
import type {
  Announcement,
  ApprovalRequest,
  DiscussionTurn,
  DiscussionVerdict,
  InfoRequest,
  Message,
  Node,
  NodeCommand,
  Panelist,
} from "../api/types.ts";

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
  /** `offset` is where the chunk begins in the message's text: it shows whether a text contains it already. */
  StreamChunk: OfTask & { messageId: string; delta: string; isFinal: boolean; offset: number };
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

/** The answer to `JoinSession`: the texts being written. Chunks that are not in them begin at `offset` or later. */
export interface Joined {
  sessionId: string;
  pending: { taskId: string; messageId: string; content: string; offset: number }[];
}

export interface ApprovalEvents {
  /** Requests lack the fields that an answer fills in. */
  ApprovalRequested: Omit<
    ApprovalRequest,
    "outcome" | "outcomeDetail" | "modifiedParams" | "decidedBy" | "resolvedAt" | "consumedAt"
  >;
  ApprovalResolved: {
    id: string;
    outcome: ApprovalRequest["status"];
    outcomeDetail: string | null;
  };
  InfoRequested: Omit<InfoRequest, "response" | "resolvedAt">;
  InfoResolved: { id: string; response: string | null; status: InfoRequest["status"] };
}

interface OfNode {
  nodeId: string;
  name: string;
  platform: string;
  status: Node["status"];
  lastSeenAt: string | null;
  seq: number;
}

export interface NotificationEvents {
  SystemAnnouncement: Announcement;
  NodeOnline: OfNode;
  NodeOffline: OfNode;
  NodeRemoved: OfNode;
  /** From here on only for nodes that this connection subscribed to. */
  NodeChanged: Node;
  NodeHeartbeat: Pick<Node, "lastSeenAt" | "uptime" | "cpuPercent" | "memoryMb"> & {
    nodeId: string;
  };
  NodeCommand: NodeCommand;
}

interface OfRun {
  runId: string;
}
type OfTurn = OfRun & { panelistId: string; roundNumber: number };

export interface DiscussionEvents {
  DiscussionStarted: OfRun & { topic: string; panelists: Panelist[]; judge: Panelist };
  RoundStarted: OfRun & { roundNumber: number };
  TurnStarted: OfTurn & { taskId: string };
  TurnCompleted: OfTurn & {
    contentHash: string;
    durationMs: number;
    status: DiscussionTurn["status"];
  };
  JudgeStarted: OfRun;
  Verdict: OfRun & { verdict: DiscussionVerdict };
  DiscussionCompleted: OfRun & { verdictHash: string; durationMs: number };
  DiscussionFailed: OfRun & { error: string };
  DiscussionCancelled: OfRun & { cancelledBy: string | null };
}

/** The events of each hub, by the hub's name in its path. */
export interface HubEvents {
  chat: ChatEvents;
  tasks: TaskEvents;
  approvals: ApprovalEvents;
  discussion: DiscussionEvents;
  notifications: NotificationEvents;
}

/** `{name, data}` pairs, so that one `switch` handles all events with the right types. */
export type EventOf<Events> = {
  [Name in keyof Events]: { name: Name; data: Events[Name] };
}[keyof Events];
export type ChatEvent = EventOf<ChatEvents>;
export type TaskEvent = EventOf<TaskEvents>;
export type ApprovalEvent = EventOf<ApprovalEvents>;
export type DiscussionEvent = EventOf<DiscussionEvents>;
export type NotificationEvent = EventOf<NotificationEvents>;

export const TASK_EVENTS = [
  "TaskQueued",
  "TaskStarted",
  "TaskCompleted",
  "TaskFailed",
  "TaskCancelled",
] as const satisfies (keyof TaskEvents)[];
