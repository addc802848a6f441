import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { Redirect, useLocation } from "wouter";
import { api, call, isNotFound } from "../../api/client.ts";
import { useLive } from "../../live/live.tsx";
import { activeRun } from "../../entities/session/session-state.ts";
import { ErrorNotice } from "../../ui/notice.tsx";
import { useTitle } from "../../ui/title.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAgentName } from "../../entities/agent/use-agents.ts";
import { Composer } from "./composer.tsx";
import { useMarkRead, useMarks } from "./marks.ts";
import { useAddressedMessage } from "./message-address.ts";
import { publicPath } from "./public-address.ts";
import { BackButton, SessionHeader } from "./session-header.tsx";
import { SessionModel, type Once } from "./session-model.tsx";
import { sessionTitle } from "./session-title.ts";
import { listedSession } from "./session-cache.ts";
import styles from "./session-view.module.css";
import { Transcript } from "./transcript.tsx";
import { useSession } from "./use-session.ts";
import { conversation as t } from "../../messages/en/conversation.ts";

export function SessionView({ id }: { id: string }) {
  const session = useSessionInfo(id);
  const queries = useQueryClient();
  const open = useSession(id, session.data?.branch);
  const { attempt } = useToast();
  const [, navigate] = useLocation();
  const agentName = useAgentName()(session.data?.agentId);
  const run = activeRun(open.state);
  const [once, setOnce] = useState<Once | null>(null);
  const addressed = useAddressedMessage();
  const marks = useMarks(id);
  useMarkRead(session.data, marks.data);

  const fork = useCallback(
    (fromMessageId?: string) =>
      void attempt(async () => {
        const body = fromMessageId === undefined ? {} : { fromMessageId };
        const forked = await call(
          api.POST("/api/sessions/{id}/fork", { params: { path: { id } }, body }),
        );
        navigate(`/sessions/${forked.id}`);
      }),
    [attempt, id, navigate],
  );

  const showBranch = useCallback(
    (branch: number) =>
      void attempt(async () => {
        const params = { path: { id } };
        const changed = await call(api.PATCH("/api/sessions/{id}", { params, body: { branch } }));
        queries.setQueryData(["session", id], changed);
      }),
    [attempt, id, queries],
  );

  // Who takes no part reads it on the page for everybody.
  if (session.data?.visibility === "public" && isNotFound(marks.error)) {
    return <Redirect to={publicPath(id)} replace />;
  }
  if (session.error) {
    return (
      <div className={styles.view}>
        <BackButton />
        <ErrorNotice
          error={session.error}
          onRetry={() => void session.refetch()}
          backLink={{ href: "/", label: t.startAnother }}
        />
      </div>
    );
  }
  return (
    <div className={styles.view}>
      <SessionHeader
        session={session.data}
        marks={marks.data}
        agentName={agentName}
        onFork={() => fork()}
      />
      <Transcript
        open={open}
        onBranch={showBranch}
        agentName={agentName}
        addressed={addressed}
        onFork={fork}
      />
      <footer className={styles.foot}>
        <div>
          <Composer
            draftKey={id}
            placeholder={t.messageTo(agentName)}
            options={
              session.data && <SessionModel session={session.data} once={once} onOnce={setOnce} />
            }
            onSend={(text, attachments, agentId) => {
              setOnce(null);
              return open.send(text, attachments, {
                ...(agentId !== undefined && { agentId }),
                ...(once?.model != null && { model: once.model }),
              });
            }}
            onStop={run && (() => void attempt(() => open.stop(run.taskId)))}
          />
        </div>
      </footer>
    </div>
  );
}

/** Events report changes, so a session stays fresh for a while (milliseconds). */
const STALE_AFTER = 60_000;

/** The session itself. Leaves the page when the session is deleted elsewhere. */
function useSessionInfo(id: string) {
  const { chat } = useLive();
  const queries = useQueryClient();
  const [, navigate] = useLocation();

  useEffect(
    () =>
      chat.on(["SessionUpdated"], ({ data: { sessionId, change } }) => {
        if (sessionId === id && change === "deleted") navigate("/", { replace: true });
      }),
    [chat, id, navigate],
  );

  const info = useQuery({
    queryKey: ["session", id],
    queryFn: () => call(api.GET("/api/sessions/{id}", { params: { path: { id } } })),
    initialData: () => listedSession(queries, id),
    staleTime: STALE_AFTER,
  });
  useTitle(info.data && sessionTitle(info.data));
  return info;
}
