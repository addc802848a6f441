import { useDeferredValue, useState } from "react";
import { Link, useLocation } from "wouter";
import type { Session } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { SearchBox } from "../../ui/field.tsx";
import { ListTitle } from "../../ui/list-header.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { ActivityDots } from "../../ui/status.tsx";
import { period } from "../../ui/time.ts";
import { Timestamp } from "../../ui/timestamp.tsx";
import { useAgentName } from "../../entities/agent/use-agents.ts";
import { isWaiting } from "../../entities/prompt/inbox.ts";
import { useInbox } from "../../entities/prompt/inbox-provider.tsx";
import { MessageHits, useMessageHits } from "./message-hits.tsx";
import styles from "./session-list.module.css";
import { sessionTitle } from "./session-title.ts";
import { useRunningSessions, useSessionList } from "./use-session-list.ts";
import { common } from "../../messages/en/common.ts";
import { navigation } from "../../messages/en/navigation.ts";
import { sessions as t } from "../../messages/en/sessions.ts";

export function SessionList({ open }: { open: string | null }) {
  const [search, setSearch] = useState("");
  const [, navigate] = useLocation();
  const running = useRunningSessions();
  const { prompts } = useInbox();
  const waiting = new Set(prompts.filter(isWaiting).map(({ request }) => request.sessionId));
  const words = useDeferredValue(search.trim());
  const list = useSessionList(words);
  const hits = useMessageHits(words);
  const isEmpty = list.data?.length === 0 && (words === "" || hits.data?.length === 0);

  return (
    <>
      <header className={styles.header}>
        <ListTitle>{navigation.sessions}</ListTitle>
        <IconButton
          icon="plus"
          label={t.new}
          variant="primary"
          onClick={() => navigate("/sessions/new")}
        />
        <div className={styles.search}>
          <SearchBox label={t.search} value={search} onText={setSearch} />
        </div>
      </header>
      <div className={styles.scroll}>
        {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
        {list.isPending && <Loading lines={6} label={t.loading} />}
        {isEmpty && (
          <Empty title={search === "" ? t.noneTitle : t.notFound}>
            {search === "" && <FirstSession />}
          </Empty>
        )}
        {words !== "" && <MessageHits list={hits} />}
        {periods(list.data ?? []).map(([heading, sessions]) => (
          <section key={heading}>
            <h2 className={styles.heading}>{heading}</h2>
            <ul role="list">
              {sessions.map((session) => (
                <SessionRow
                  key={session.id}
                  session={session}
                  open={session.id === open}
                  running={running.has(session.id)}
                  waiting={waiting.has(session.id)}
                />
              ))}
            </ul>
          </section>
        ))}
        <ShowMore list={list} label={t.older} />
      </div>
    </>
  );
}

/** What this place is for, and the way to begin; beside the list, where there is room, a new session is open already. */
function FirstSession() {
  const [, navigate] = useLocation();
  return (
    <>
      <p className={styles.about}>{t.noneAbout}</p>
      <Button
        variant="primary"
        icon="plus"
        className={styles.first}
        onClick={() => navigate("/sessions/new")}
      >
        {t.startFirst}
      </Button>
    </>
  );
}

/** The sessions by when something last happened in them, in their order. */
function periods(sessions: Session[]): [heading: string, sessions: Session[]][] {
  const groups = new Map<string, Session[]>();
  for (const session of sessions) {
    const heading = period(session.updatedAt);
    groups.set(heading, [...(groups.get(heading) ?? []), session]);
  }
  return [...groups];
}

interface SessionRowProps {
  session: Session;
  open: boolean;
  running: boolean;
  /** A prompt in it waits for an answer. */
  waiting: boolean;
}

function SessionRow({ session, open, running, waiting }: SessionRowProps) {
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
          {session.parentSessionId && common.separator + t.fork}
          {running && !waiting && <span className="visually-hidden"> {t.working}</span>}
        </span>
        <span className={styles.rowTime}>
          {waiting && <strong className={styles.waiting}>{t.needsAnswer}</strong>}
          {!waiting && running && <ActivityDots />}
          {!waiting && !running && session.lastOutcome === "failed" && (
            <strong className={styles.failed}>{t.failed}</strong>
          )}
          {!waiting && !running && <Timestamp at={session.updatedAt} />}
        </span>
      </Link>
    </li>
  );
}
