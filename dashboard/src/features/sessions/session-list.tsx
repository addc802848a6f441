import { useDeferredValue, useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import type { ListedSession } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { SearchBox } from "../../ui/field.tsx";
import { ListTitle } from "../../ui/list-header.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { period } from "../../ui/time.ts";
import { isWaiting } from "../../entities/prompt/inbox.ts";
import { useInbox } from "../../entities/prompt/inbox-provider.tsx";
import { lazyComponent } from "../../ui/lazy.tsx";
import { MessageHits, useMessageHits } from "./message-hits.tsx";
import { isUnfiltered, type SessionFilter } from "./session-filter.ts";
import styles from "./session-list.module.css";
import { SessionRow } from "./session-row.tsx";
import { TagFilter } from "./tag-filter.tsx";
import { useChoice, type Choice } from "./use-choice.ts";
import { useRunningSessions, useSessionList } from "./use-session-list.ts";
import { navigation } from "../../messages/en/navigation.ts";
import { sessions as t } from "../../messages/en/sessions.ts";

const ChoiceBar = lazyComponent(async () => (await import("./choice-bar.tsx")).ChoiceBar);

export function SessionList({ open }: { open: string | null }) {
  const [search, setSearch] = useState("");
  const [tag, setTag] = useState<string | null>(null);
  const [archived, setArchived] = useState(false);
  const choice = useChoice();
  const running = useRunningSessions();
  const { prompts } = useInbox();
  const waiting = new Set(prompts.filter(isWaiting).map(({ request }) => request.sessionId));
  const words = useDeferredValue(search.trim());
  const filter: SessionFilter = {
    ...(words !== "" && { q: words }),
    ...(tag !== null && { tag }),
    ...(archived && { archived }),
  };
  const list = useSessionList(filter);
  const pinned = useSessionList({ pinned: true });
  const hits = useMessageHits(words);
  const isStart = isUnfiltered(filter);
  const pins = isStart ? (pinned.data ?? []) : [];
  const rest = (list.data ?? []).filter(({ marks }) => !isStart || !marks.isPinned);
  const isEmpty =
    list.data !== undefined &&
    pins.length + rest.length === 0 &&
    (words === "" || hits.data?.length === 0);

  return (
    <>
      <ListHead choice={choice} archived={archived} onArchived={setArchived}>
        <SearchBox label={t.search} value={search} onText={setSearch} />
        <TagFilter chosen={tag} onChoose={setTag} />
        {archived && (
          <p className={styles.place}>
            {t.archive}
            <Button small onClick={() => setArchived(false)}>
              {t.leaveArchive}
            </Button>
          </p>
        )}
      </ListHead>
      <div className={styles.scroll}>
        {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
        {list.isPending && <Loading lines={6} label={t.loading} />}
        {isEmpty && <Empty title={emptyTitle(filter)}>{isStart && <FirstSession />}</Empty>}
        {words !== "" && <MessageHits list={hits} />}
        {[...(pins.length > 0 ? [[t.pinnedGroup, pins] as const] : []), ...periods(rest)].map(
          ([heading, sessions]) => (
            <Group key={heading} {...{ heading, sessions, open, running, waiting, choice }} />
          ),
        )}
        <ShowMore list={list} label={t.older} />
      </div>
      {choice.chosen !== null && (
        <ChoiceBar sessions={[...pins, ...rest]} choice={choice} archived={archived} />
      )}
    </>
  );
}

interface ListHeadProps {
  choice: Choice;
  archived: boolean;
  onArchived: (archived: boolean) => void;
  children: ReactNode;
}

function ListHead({ choice, archived, onArchived, children }: ListHeadProps) {
  const [, navigate] = useLocation();
  return (
    <header className={styles.header}>
      <ListTitle>{navigation.sessions}</ListTitle>
      <div className={styles.actions}>
        <Menu
          label={t.listActions}
          items={[
            { label: t.choose, icon: "check", onSelect: choice.begin },
            archived
              ? { label: t.all, icon: "sessions", onSelect: () => onArchived(false) }
              : { label: t.archive, icon: "archive", onSelect: () => onArchived(true) },
          ]}
        />
        <IconButton
          icon="plus"
          label={t.new}
          variant="primary"
          onClick={() => navigate("/sessions/new")}
        />
      </div>
      <div className={styles.search}>{children}</div>
    </header>
  );
}

function emptyTitle(filter: SessionFilter): string {
  if (isUnfiltered(filter)) return t.noneTitle;
  return filter.archived && filter.q === undefined ? t.noneArchived : t.notFound;
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

interface GroupProps {
  heading: string;
  sessions: readonly ListedSession[];
  open: string | null;
  /** The sessions in which an agent works, and those in which a prompt waits. */
  running: Set<string>;
  waiting: Set<string | null>;
  choice: Choice;
}

function Group({ heading, sessions, open, running, waiting, choice }: GroupProps) {
  const { chosen, toggle } = choice;
  return (
    <section>
      <h2 className={styles.heading}>{heading}</h2>
      <ul role="list">
        {sessions.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            open={session.id === open}
            running={running.has(session.id)}
            waiting={waiting.has(session.id)}
            choice={
              chosen && { isChosen: chosen.has(session.id), onChoose: () => toggle(session.id) }
            }
          />
        ))}
      </ul>
    </section>
  );
}

/** The sessions by when something last happened in them, in their order. */
function periods(sessions: ListedSession[]): [heading: string, sessions: ListedSession[]][] {
  const groups = new Map<string, ListedSession[]>();
  for (const session of sessions) {
    const heading = period(session.updatedAt);
    groups.set(heading, [...(groups.get(heading) ?? []), session]);
  }
  return [...groups];
}
