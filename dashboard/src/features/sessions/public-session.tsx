/** A public session, for everybody: without signing in, without tools, and without a way to write. Nothing of it is kept. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { ApiError, api, call, isNotFound } from "../../api/client.ts";
import type { Message } from "../../api/types.ts";
import { Markdown } from "../../ui/markdown/markdown.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { useTitle } from "../../ui/title.tsx";
import { AttachmentList } from "./attachment-list.tsx";
import styles from "./public-session.module.css";
import { sessionTitle } from "./session-title.ts";
import turns from "./turns.module.css";
import { usePublicEvents } from "./use-public-events.ts";
import { sharing as t } from "../../messages/en/sharing.ts";

export function PublicSession({ id }: { id: string }) {
  const session = useQuery({
    queryKey: ["public session", id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/sessions/{id}", { params: { path: { id } }, cache: "no-store", signal })),
  });
  useTitle(session.data && sessionTitle(session.data));
  return (
    <main className={styles.page}>
      {isGone(session.error) ? (
        <Empty title={t.goneTitle}>
          <p>{t.goneAbout}</p>
        </Empty>
      ) : session.error ? (
        <ErrorNotice error={session.error} onRetry={() => void session.refetch()} />
      ) : session.data === undefined ? (
        <Loading lines={5} />
      ) : (
        <>
          <header className={styles.header}>
            <h1 dir="auto">{sessionTitle(session.data)}</h1>
            <p>
              {t.about} <Link href={`/sessions/${id}`}>{t.open}</Link>
            </p>
          </header>
          <Messages id={id} />
        </>
      )}
    </main>
  );
}

/** Whoever may not read a session is told as if there were none. */
function isGone(error: Error | null) {
  return isNotFound(error) || (error instanceof ApiError && error.status === 401);
}

function Messages({ id }: { id: string }) {
  const isWriting = usePublicEvents(id);
  const list = useInfiniteQuery({
    queryKey: ["public messages", id],
    queryFn: ({ pageParam, signal }) => {
      const page = pageParam === null ? {} : { cursor: pageParam };
      const params = { path: { id }, query: page };
      return call(api.GET("/api/sessions/{id}/messages", { params, cache: "no-store", signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    select: ({ pages }) => pages.toReversed().flatMap(({ items }) => items),
  });
  if (list.error) return <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data === undefined) return <Loading lines={5} />;
  const said = list.data.filter((message) => message.content !== "" || hasFiles(message));
  return (
    <>
      <ShowMore list={list} label={t.older} />
      {said.length === 0 && !isWriting && <Empty title={t.none} />}
      <ol role="list">
        {said.map((message) => (
          <li key={message.messageId}>
            <PublicTurn message={message} />
          </li>
        ))}
      </ol>
      <p role="status" className={styles.writing}>
        {isWriting && t.writing}
      </p>
    </>
  );
}

function hasFiles(message: Message) {
  return message.attachments.length > 0;
}

function PublicTurn({ message }: { message: Message }) {
  const { role, content } = message;
  return (
    <article className={turns.turn} data-role={role}>
      <header className={turns.author}>
        <h2>{AUTHORS[role]()}</h2>
        <Timestamp at={message.createdAt} long />
      </header>
      <div className={turns.body}>
        {role === "agent" ? (
          <Markdown text={content} />
        ) : (
          <p className={turns.plain} dir="auto">
            {content}
          </p>
        )}
        <AttachmentList attachments={message.attachments} />
      </div>
    </article>
  );
}

const AUTHORS = {
  user: () => t.person,
  agent: () => t.agent,
  system: () => t.system,
} satisfies Record<Message["role"], () => string>;
