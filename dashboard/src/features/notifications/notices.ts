/** The news in the tray, as a pure function of what the hubs told. */
import type { Announcement } from "../../api/types.ts";
import type { ApprovalEvent, NotificationEvent } from "../../live/hub-events.ts";

export type Severity = Announcement["severity"];

export interface Notice {
  id: string;
  title: string;
  body: string;
  severity: Severity;
  /** When it was told, in milliseconds. */
  at: number;
  /** The page that it is about. */
  href: string | null;
  isRead: boolean;
}

export type NoticeAction =
  { type: "told"; notice: Notice } | { type: "read" } | { type: "cleared" };

/** Older ones are forgotten. */
export const MOST_NOTICES = 50;

/** The newest first. */
export function reduceNotices(notices: Notice[], action: NoticeAction): Notice[] {
  switch (action.type) {
    case "told":
      if (notices.some(({ id }) => id === action.notice.id)) return notices;
      return [action.notice, ...notices].slice(0, MOST_NOTICES);
    case "read":
      return notices.map((notice) => (notice.isRead ? notice : { ...notice, isRead: true }));
    case "cleared":
      return [];
  }
}

/** What is worth a notice; `agentName` tells who asks. */
export function noticeOf(
  event: NotificationEvent | ApprovalEvent,
  agentName: (id: string) => string,
): Notice | null {
  switch (event.name) {
    case "SystemAnnouncement": {
      const { id, title, body, severity, createdAt } = event.data;
      return notice({ id, title, body, severity, at: Date.parse(createdAt) });
    }
    case "NodeOnline":
    case "NodeOffline": {
      const { nodeId, name, seq } = event.data;
      const online = event.name === "NodeOnline";
      return notice({
        id: `${event.name}-${nodeId}-${seq}`,
        title: `${name} is ${online ? "online" : "offline"}`,
        severity: online ? "info" : "warning",
        href: `/nodes/${nodeId}`,
      });
    }
    case "ApprovalRequested": {
      const { id, toolName, agentId, preview, riskLevel, requestedAt } = event.data;
      return notice({
        id,
        title: `${agentName(agentId)} asks to use ${toolName}`,
        body: preview ?? "",
        severity: riskLevel === "critical" ? "critical" : "warning",
        at: Date.parse(requestedAt),
        href: "/approvals",
      });
    }
    case "InfoRequested": {
      const { id, agentId, question, requestedAt } = event.data;
      return notice({
        id,
        title: `${agentName(agentId)} has a question`,
        body: question,
        severity: "warning",
        at: Date.parse(requestedAt),
        href: "/approvals",
      });
    }
    default:
      return null;
  }
}

function notice(told: Pick<Notice, "id" | "title" | "severity"> & Partial<Notice>): Notice {
  return { body: "", at: Date.now(), href: null, isRead: false, ...told };
}
