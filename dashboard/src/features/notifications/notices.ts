/** The notifications, as a pure function of the events of the hubs. */
import type { Announcement } from "../../api/types.ts";
import type { ApprovalEvents, EventOf, NotificationEvents } from "../../live/events.ts";
import { notifications as t } from "../../messages/en/notifications.ts";

export type Severity = Announcement["severity"];

export interface Notice {
  id: string;
  title: string;
  body: string;
  severity: Severity;
  /** When it was sent, in milliseconds. */
  at: number;
  /** The page to open for it. */
  href: string | null;
  isRead: boolean;
}

export type NoticeAction =
  { type: "added"; notice: Notice } | { type: "read" } | { type: "cleared" };

/** Older notifications are dropped. */
export const MAX_NOTICES = 50;

/** Newest first. */
export function reduceNotices(notices: Notice[], action: NoticeAction): Notice[] {
  switch (action.type) {
    case "added":
      if (notices.some(({ id }) => id === action.notice.id)) return notices;
      return [action.notice, ...notices].slice(0, MAX_NOTICES);
    case "read":
      return notices.map((notice) => (notice.isRead ? notice : { ...notice, isRead: true }));
    case "cleared":
      return [];
  }
}

export const APPROVAL_NOTICES = [
  "ApprovalRequested",
  "InfoRequested",
] as const satisfies (keyof ApprovalEvents)[];
export const OTHER_NOTICES = [
  "SystemAnnouncement",
  "NodeOnline",
  "NodeOffline",
] as const satisfies (keyof NotificationEvents)[];

/** The events that make a notification. */
export type NoticeEvent = EventOf<
  Pick<ApprovalEvents, (typeof APPROVAL_NOTICES)[number]> &
    Pick<NotificationEvents, (typeof OTHER_NOTICES)[number]>
>;

export function noticeOf(event: NoticeEvent, agentName: (id: string) => string): Notice {
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
        title: online ? t.nodeOnline(name) : t.nodeOffline(name),
        severity: online ? "info" : "warning",
        href: `/nodes/${nodeId}`,
      });
    }
    case "ApprovalRequested": {
      const { id, toolName, agentId, preview, riskLevel, requestedAt } = event.data;
      return notice({
        id,
        title: t.approval(agentName(agentId), toolName),
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
        title: t.question(agentName(agentId)),
        body: question,
        severity: "warning",
        at: Date.parse(requestedAt),
        href: "/approvals",
      });
    }
  }
}

function notice(fields: Pick<Notice, "id" | "title" | "severity"> & Partial<Notice>): Notice {
  return { body: "", at: Date.now(), href: null, isRead: false, ...fields };
}
