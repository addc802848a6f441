/** The bell in the navigation bar, with the notifications and a count of the unread ones. */
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
import { Timestamp } from "../../ui/timestamp.tsx";
import { useAgentName } from "../../entities/agent/use-agents.ts";
import {
  APPROVAL_NOTICES,
  noticeOf,
  OTHER_NOTICES,
  reduceNotices,
  type Notice,
  type NoticeEvent,
} from "./notices.ts";
import styles from "./tray.module.css";
import { useBrowserNoticesOfEvents } from "./use-browser-notices.ts";
import { common } from "../../messages/en/common.ts";
import { navigation } from "../../messages/en/navigation.ts";
import { notifications as t } from "../../messages/en/notifications.ts";

export function Tray({ className }: { className: string }) {
  const { approvals, notifications } = useLive();
  const [notices, dispatch] = useReducer(reduceNotices, []);
  const [open, setOpen] = useState(false);
  const { alert } = useToast();
  const agentName = useAgentName();
  useBrowserNoticesOfEvents();

  const show = useEffectEvent((event: NoticeEvent) => {
    const notice = noticeOf(event, agentName);
    dispatch({ type: "added", notice });
    if (event.name === "SystemAnnouncement" && notice.severity === "critical") {
      alert(notice.title, notice.body);
    }
  });
  useEffect(() => {
    const stops = [
      approvals.on(APPROVAL_NOTICES, (event) => show(event)),
      notifications.on(OTHER_NOTICES, (event) => show(event)),
    ];
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
        <span>{navigation.notifications}</span>
        <Badge count={unread} label={navigation.unread} />
      </button>
      {open && (
        <Dialog title={navigation.notifications} drawer onClose={close}>
          <Notices notices={notices} onFollow={close} />
          {notices.length > 0 && (
            <Button small onClick={() => dispatch({ type: "cleared" })}>
              {t.clear}
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
      <Empty title={t.noneTitle}>
        <p>{t.noneAbout}</p>
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

function NoticeEntry({ notice, onFollow }: { notice: Notice; onFollow: () => void }) {
  const { title, body, severity, at, href, isRead } = notice;
  return (
    <li className={styles.notice} data-severity={severity}>
      <p className={styles.about}>
        <span>
          {common.severity[severity]}
          {!isRead && common.separator + t.new}
        </span>
        <Timestamp at={new Date(at).toISOString()} />
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
          {t.view}
        </Link>
      )}
    </li>
  );
}
