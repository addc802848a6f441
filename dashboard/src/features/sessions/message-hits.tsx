/** The messages in which the words of a search were found, with the words marked. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, call } from "../../api/client.ts";
import type { FoundMessage } from "../../api/types.ts";
import { ErrorNotice } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import styles from "./message-hits.module.css";
import { messageAddress } from "./message-address.ts";
import { sessionTitle } from "./session-title.ts";
import { sessions as t } from "../../messages/en/sessions.ts";

/** Few at first: the sessions stand below. */
const PAGE = 5;

export function useMessageHits(q: string) {
  return useInfiniteQuery({
    queryKey: ["message-hits", q],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/messages/search", {
          params: { query: { q, limit: PAGE, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    enabled: q !== "",
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

export function MessageHits({ list }: { list: ReturnType<typeof useMessageHits> }) {
  if (list.error) return <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data === undefined || list.data.length === 0) return null;
  return (
    <section className={styles.hits} aria-label={t.hits}>
      <h2 className={styles.heading}>{t.hits}</h2>
      <ul role="list">
        {list.data.map((hit) => (
          <Hit key={hit.messageId} hit={hit} />
        ))}
      </ul>
      <ShowMore list={list} label={t.moreHits} />
    </section>
  );
}

function Hit({ hit }: { hit: FoundMessage }) {
  return (
    <li>
      <Link href={messageAddress(hit.sessionId, hit.id)} className={styles.hit}>
        <span className={styles.title}>{sessionTitle({ title: hit.sessionTitle })}</span>
        <Timestamp at={hit.createdAt} />
        <span className={styles.excerpt}>
          {hit.excerpt.map(({ text, isHit }, index) =>
            isHit ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
          )}
        </span>
      </Link>
    </li>
  );
}
