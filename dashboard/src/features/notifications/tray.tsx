/** The bell in the frame of the page: what is new, and what of it was not seen yet. */
import { useEffect, useEffectEvent, useReducer, useState } from "react";
import { Link } from "wouter";
import { useLive } from "../../live/live.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Empty } from "../../ui/notice.tsx";
import { useToast } from "../../ui/toast.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { When } from "../../ui/when.tsx";
import type { ApprovalEvent, NotificationEvent } from "../../live/hub-events.ts";
import { useAgentName } from "../agents/use-agents.ts";
import { noticeOf, reduceNotices, type Notice, type Severity } from "./notices.ts";
import styles from "./tray.module.css";

export function Tray({ className }: { className: string }) {
  const { approvals, notifications } = useLive();
  const [notices, dispatch] = useReducer(reduceNotices, []);
  const [open, setOpen] = useState(false);
  const { alarm } = useToast();
  const agentName = useAgentName();

  const tell = useEffectEvent((event: NotificationEvent | ApprovalEvent) => {
    const notice = noticeOf(event, agentName);
    if (notice === null) return;
    dispatch({ type: "told", notice });
    if (event.name === "SystemAnnouncement" && notice.severity === "critical") {
      alarm(notice.title, notice.body);
    }
  });
  useEffect(() => {
    const stops = [approvals.onEvent((e) => tell(e)), notifications.onEvent((e) => tell(e))];
    return () => stops.forEach((stop) => stop());
  }, [approvals, notifications]);

  const close = () => {
    setOpen(false);
    dispatch({ type: "read" });
  };
  const unread = notices.filter(({ isRead }) => !isRead).length;
  return (
    <>
      <button
        type="button"
        className={className}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Icon name="bell" />
        <span>News</span>
        <Badge count={unread} label="unread" />
      </button>
      {open && (
        <Dialog title="News" drawer onClose={close}>
          <Notices notices={notices} onFollow={close} />
          {notices.length > 0 && (
            <Button small onClick={() => dispatch({ type: "cleared" })}>
              Clear all
            </Button>
          )}
        </Dialog>
      )}
    </>
  );
}

function Notices({ notices, onFollow }: { notices: Notice[]; onFollow: () => void }) {
  if (notices.length === 0) {
    return (
      <Empty title="No news">
        <p>Announcements, what agents ask for and how nodes are is told here while you are on.</p>
      </Empty>
    );
  }
  return (
    <ul role="list" className={styles.notices}>
      {notices.map((notice) => (
        <NoticeEntry key={notice.id} notice={notice} onFollow={onFollow} />
      ))}
    </ul>
  );
}

const SEVERITY: Record<Severity, string> = {
  info: "For your information",
  warning: "Needs a look",
  critical: "Critical",
};

function NoticeEntry({ notice, onFollow }: { notice: Notice; onFollow: () => void }) {
  const { title, body, severity, at, href, isRead } = notice;
  return (
    <li className={styles.notice} data-severity={severity}>
      <p className={styles.about}>
        <span>
          {SEVERITY[severity]}
          {!isRead && " · new"}
        </span>
        <When at={new Date(at).toISOString()} />
      </p>
      <h3>
        <VisibleText text={title} />
      </h3>
      {body !== "" && (
        <p className={styles.body}>
          <VisibleText text={body} />
        </p>
      )}
      {href !== null && (
        <Link href={href} onClick={onFollow}>
          Have a look
        </Link>
      )}
    </li>
  );
}
