/** A session in the list: a link to it, or a choice among several. */
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { ListedSession } from "../../api/types.ts";
import { useAgentName } from "../../entities/agent/use-agents.ts";
import { Icon } from "../../ui/icon.tsx";
import { ActivityDots } from "../../ui/status.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { isUnread } from "./marks.ts";
import styles from "./session-row.module.css";
import { sessionTitle } from "./session-title.ts";
import { common } from "../../messages/en/common.ts";
import { sessions as t } from "../../messages/en/sessions.ts";

interface SessionRowProps {
  session: ListedSession;
  open: boolean;
  running: boolean;
  /** A prompt in it waits for an answer. */
  waiting: boolean;
  /** While several are being chosen: whether it is one of them. */
  choice: { isChosen: boolean; onChoose: () => void } | null;
}

export function SessionRow(props: SessionRowProps) {
  const { session, open, choice } = props;
  if (choice !== null) {
    return (
      <li>
        <label className={styles.row} data-chosen={choice.isChosen || undefined}>
          <input type="checkbox" checked={choice.isChosen} onChange={choice.onChoose} />
          <Contents {...props} />
        </label>
      </li>
    );
  }
  return (
    <li>
      <Link
        href={`/sessions/${session.id}`}
        className={styles.row}
        aria-current={open ? "page" : undefined}
      >
        <Contents {...props} />
      </Link>
    </li>
  );
}

function Contents({ session, open, running, waiting }: SessionRowProps) {
  const agentName = useAgentName();
  const { marks } = session;
  // While an agent works, its next message is not there yet.
  const hasNews = !open && !running && isUnread(session);
  return (
    <>
      <span className={styles.title} data-unread={hasNews || undefined}>
        {marks.isPinned && <Pinned />}
        <span dir="auto">{sessionTitle(session)}</span>
        {hasNews && <span className="visually-hidden"> {t.unread}</span>}
      </span>
      <span className={styles.agent}>
        {agentName(session.agentId)}
        {session.parentSessionId && common.separator + t.fork}
        {marks.tags.map((tag) => (
          <span key={tag} className={styles.tag}>
            {tag}
          </span>
        ))}
        {running && !waiting && <span className="visually-hidden"> {t.working}</span>}
      </span>
      <span className={styles.time}>
        <State session={session} running={running} waiting={waiting} />
        {hasNews && <span className={styles.dot} aria-hidden="true" />}
      </span>
    </>
  );
}

function Pinned(): ReactNode {
  return (
    <>
      <Icon name="pin" size={14} />
      <span className="visually-hidden">{t.pinned} </span>
    </>
  );
}

function State({
  session,
  running,
  waiting,
}: Pick<SessionRowProps, "session" | "running" | "waiting">) {
  if (waiting) return <strong className={styles.waiting}>{t.needsAnswer}</strong>;
  if (running) return <ActivityDots />;
  return (
    <>
      {session.lastOutcome === "failed" && <strong className={styles.failed}>{t.failed}</strong>}
      <Timestamp at={session.updatedAt} />
    </>
  );
}
