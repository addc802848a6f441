/** The events of the hubs beside the session's: what waits for a person, discussions, what is new. */
import type {
  Announcement,
  ApprovalRequest,
  DiscussionTurn,
  DiscussionVerdict,
  InfoRequest,
  Node,
  NodeCommand,
  Panelist,
} from "../api/types.ts";
import type { EventOf } from "./events.ts";

export interface ApprovalEvents {
  /** Both without what only an answer brings. */
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
  /** The rest only of nodes that were subscribed to. */
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

export type ApprovalEvent = EventOf<ApprovalEvents>;
export type NotificationEvent = EventOf<NotificationEvents>;
export type DiscussionEvent = EventOf<DiscussionEvents>;

export const APPROVAL_EVENTS = [
  "ApprovalRequested",
  "ApprovalResolved",
  "InfoRequested",
  "InfoResolved",
] as const satisfies (keyof ApprovalEvents)[];

export const NOTIFICATION_EVENTS = [
  "SystemAnnouncement",
  "NodeOnline",
  "NodeOffline",
  "NodeRemoved",
  "NodeChanged",
  "NodeHeartbeat",
  "NodeCommand",
] as const satisfies (keyof NotificationEvents)[];

export const DISCUSSION_EVENTS = [
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
