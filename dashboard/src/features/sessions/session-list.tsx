import { useDeferredValue, useState } from "react";
import { Link, useLocation } from "wouter";
import type { Session } from "../../api/types.ts";
import { IconButton } from "../../ui/button.tsx";
import { SearchBox } from "../../ui/field.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { Working } from "../../ui/status.tsx";
import { When } from "../../ui/when.tsx";
import { useAgentName } from "../agents/use-agents.ts";
import { isWaiting } from "../approvals/inbox.ts";
import { useInbox } from "../approvals/inbox-provider.tsx";
import styles from "./session-list.module.css";
import { useRunningSessions, useSessionList } from "./use-session-list.ts";

export function SessionList({ open }: { open: string | null }) {
  const [search, setSearch] = useState("");
  const [, navigate] = useLocation();
  const running = useRunningSessions();
  const { asks } = useInbox();
  const asking = new Set(asks.filter(isWaiting).map(({ asked }) => asked.sessionId));
  const list = useSessionList(useDeferredValue(search.trim()));

  return (
    <>
      <header className={styles.header}>
        <h1 className={styles.title}>Sessions</h1>
        <IconButton
          icon="plus"
          label="New session"
          look="primary"
          onClick={() => navigate("/sessions/new")}
        />
        <div className={styles.search}>
          <SearchBox label="Search sessions" value={search} onText={setSearch} />
        </div>
      </header>
      <div className={styles.scroll}>
        {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
        {list.isPending && <Loading lines={6} label="Loading sessions" />}
        {list.data?.length === 0 && (
          <Empty title={search === "" ? "No sessions yet" : "Nothing found"}>
            {search === "" && <p>A session begins with your first message.</p>}
          </Empty>
        )}
        <ul role="list">
          {list.data?.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              open={session.id === open}
              running={running.has(session.id)}
              asking={asking.has(session.id)}
            />
          ))}
        </ul>
        <ShowMore list={list} label="Show older sessions" />
      </div>
    </>
  );
}

interface SessionRowProps {
  session: Session;
  open: boolean;
  running: boolean;
  /** Something in it waits for the person. */
  asking: boolean;
}

function SessionRow({ session, open, running, asking }: SessionRowProps) {
  const agentName = useAgentName();
  return (
    <li>
      <Link
        href={`/sessions/${session.id}`}
        className={styles.row}
        aria-current={open ? "page" : undefined}
      >
        <span className={styles.rowTitle}>{sessionTitle(session)}</span>
        <span className={styles.rowAgent}>
          {agentName(session.agentId)}
          {session.parentSessionId && " · fork"}
          {running && !asking && <span className="visually-hidden"> is working</span>}
        </span>
        <span className={styles.rowTime}>
          {asking && <strong className={styles.asking}>Waits for you</strong>}
          {!asking && running && <Working />}
          {!asking && !running && <When at={session.updatedAt} />}
        </span>
      </Link>
    </li>
  );
}

export function sessionTitle({ title }: Pick<Session, "title">): string {
  return title === "" ? "Untitled session" : title;
}
