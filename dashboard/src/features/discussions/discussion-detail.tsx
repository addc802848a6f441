import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import type { Discussion, Panelist } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { Detail } from "../../ui/detail.tsx";
import detail from "../../ui/detail.module.css";
import { ActionDialog } from "../../ui/dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { ErrorNotice, ErrorText, Loading } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { duration } from "../../ui/time.ts";
import { Timestamp } from "../../ui/timestamp.tsx";
import { useCan } from "../../entities/user/auth.ts";
import { allDiscussions } from "./all-discussions.ts";
import styles from "./discussions.module.css";
import { RunStatus } from "./run-status.tsx";
import { useDiscussion, useRuns } from "./use-discussions.ts";
import { common } from "../../messages/en/common.ts";
import { discussions as t } from "../../messages/en/discussions.ts";

export function DiscussionDetail({ id }: { id: string }) {
  const discussion = useDiscussion(id);
  const canRun = useCan("SendMessages");
  return (
    <Detail
      title={discussion.data?.topic ?? (discussion.error ? t.discussion : undefined)}
      back={allDiscussions()}
      menu={discussion.data && canRun && <DiscussionMenu discussion={discussion.data} />}
    >
      {discussion.error && (
        <ErrorNotice
          error={discussion.error}
          onRetry={() => void discussion.refetch()}
          backLink={allDiscussions()}
        />
      )}
      {discussion.isPending && <Loading lines={6} />}
      {discussion.data && <Setup discussion={discussion.data} />}
      {discussion.data && canRun && <StartRun id={id} />}
      {discussion.data && <Runs id={id} />}
    </Detail>
  );
}

function Setup({ discussion }: { discussion: Discussion }) {
  const { panelists, judge, rounds, roundTimeoutSeconds } = discussion;
  return (
    <>
      <ul role="list" className={styles.cast} aria-label={t.participants}>
        {panelists.map((panelist) => (
          <Member key={panelist.id} member={panelist} part={t.panelistRole} />
        ))}
        <Member member={judge} part={t.judgeRole} />
      </ul>
      <p className={detail.note}>
        {t.limits(t.rounds(rounds), duration(roundTimeoutSeconds * 1_000))}
      </p>
    </>
  );
}

function Member({ member, part }: { member: Panelist; part: string }) {
  return (
    <li>
      <strong>{member.name}</strong>
      <span className={detail.note}>{part}</span>
      {member.persona && <p>{member.persona}</p>}
    </li>
  );
}

function StartRun({ id }: { id: string }) {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const start = useMutation({
    mutationFn: () => call(api.POST("/api/discussions/{id}/runs", { params: { path: { id } } })),
    onSuccess: async (run) => {
      await queries.invalidateQueries({ queryKey: ["discussion-runs", id] });
      navigate(`/discussions/${id}/runs/${run.id}`);
    },
  });
  return (
    <div className={detail.actions}>
      <Button variant="primary" busy={start.isPending} onClick={() => start.mutate()}>
        {t.startRun}
      </Button>
      {start.error && <ErrorText error={start.error} />}
    </div>
  );
}

function Runs({ id }: { id: string }) {
  const runs = useRuns(id);
  return (
    <section className={styles.runs} aria-labelledby="runs">
      <h3 id="runs">{t.runs}</h3>
      {runs.error && <ErrorNotice error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.isPending && <Loading lines={2} label={t.loadingRuns} />}
      {runs.data?.length === 0 && <p className={detail.note}>{t.noneYet}</p>}
      <ul role="list">
        {runs.data?.map((run) => (
          <li key={run.id}>
            <Link href={`/discussions/${id}/runs/${run.id}`} className={styles.run}>
              <RunStatus status={run.status} />
              <span className={styles.outcome}>
                {run.verdict?.recommendation ?? run.error ?? ""}
              </span>
              <span className={detail.when}>
                <Timestamp at={run.createdAt} long />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <ShowMore list={runs} label={t.olderRuns} />
    </section>
  );
}

function DiscussionMenu({ discussion }: { discussion: Discussion }) {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [deleting, setDeleting] = useState(false);
  const remove = async () => {
    await call(api.DELETE("/api/discussions/{id}", { params: { path: { id: discussion.id } } }));
    navigate("/discussions", { replace: true });
    await queries.invalidateQueries({ queryKey: ["discussions"] });
  };
  return (
    <>
      <Menu
        label={t.actions}
        items={[
          { label: common.delete, icon: "trash", danger: true, onSelect: () => setDeleting(true) },
        ]}
      />
      {deleting && (
        <ActionDialog
          title={t.deleteTitle}
          action={common.delete}
          variant="danger"
          onClose={() => setDeleting(false)}
          onConfirm={remove}
        >
          <p>{t.deleteAbout(discussion.topic)}</p>
        </ActionDialog>
      )}
    </>
  );
}
