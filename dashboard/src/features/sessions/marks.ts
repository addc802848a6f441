/** What the user keeps about sessions: how far they are read, pins, the archive, and tags. */
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { api, call } from "../../api/client.ts";
import type { ListedSession, Session, SessionMarks } from "../../api/types.ts";
import { keepMarks, listedSession, marksKey } from "./session-cache.ts";

export type MarksChange = Partial<SessionMarks>;

/** Whether there are messages that the user has not seen. */
export function isUnread({ messageCount, marks }: Pick<ListedSession, "messageCount" | "marks">) {
  return messageCount > marks.readCount;
}

/** Changes the marks of a session. */
export async function mark(queries: QueryClient, id: string, body: MarksChange) {
  const params = { path: { id } };
  keepMarks(queries, id, await call(api.PATCH("/api/sessions/{id}/marks", { params, body })));
}

/** The marks of a session: from a list that has it, or by a question of their own. */
export function useMarks(id: string) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: marksKey(id),
    queryFn: () => call(api.GET("/api/sessions/{id}/marks", { params: { path: { id } } })),
    initialData: () => listedSession(queries, id)?.marks,
    staleTime: Infinity,
  });
}

/** Marks what is said in an open session as read, as long as somebody can see the page. */
export function useMarkRead(session: Session | undefined, marks: SessionMarks | undefined) {
  const queries = useQueryClient();
  const { id, messageCount } = session ?? {};
  const readCount = marks?.readCount;

  const read = useEffectEvent(() => {
    if (id === undefined || messageCount === undefined || readCount === undefined) return;
    if (document.visibilityState !== "visible" || messageCount <= readCount) return;
    // If it cannot be stored now, the next message brings another attempt.
    void mark(queries, id, { readCount: messageCount }).catch(() => undefined);
  });
  useEffect(() => {
    read();
    const onVisible = () => read();
    document.addEventListener("visibilitychange", onVisible);
    return () => document.removeEventListener("visibilitychange", onVisible);
  }, [id, messageCount, readCount]);
}
