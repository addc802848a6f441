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
import { When } from "../../ui/when.tsx";
import { useMay } from "../auth/auth.tsx";
import { ALL_DISCUSSIONS } from "./all-discussions.ts";
import styles from "./discussions.module.css";
import { RunStatus } from "./run-status.tsx";
import { useDiscussion, useRuns } from "./use-discussions.ts";

export function DiscussionDetail({ id }: { id: string }) {
  const discussion = useDiscussion(id);
  const mayRun = useMay("SendMessages");
  return (
    <Detail
      title={discussion.data?.topic ?? (discussion.error ? "Discussion" : undefined)}
      back={ALL_DISCUSSIONS}
      menu={discussion.data && mayRun && <DiscussionMenu discussion={discussion.data} />}
    >
      {discussion.error && (
        <ErrorNotice
          error={discussion.error}
          onRetry={() => void discussion.refetch()}
          wayOut={ALL_DISCUSSIONS}
        />
      )}
      {discussion.isPending && <Loading lines={6} />}
      {discussion.data && <Setup discussion={discussion.data} />}
      {discussion.data && mayRun && <StartRun id={id} />}
      {discussion.data && <Runs id={id} />}
    </Detail>
  );
}

function Setup({ discussion }: { discussion: Discussion }) {
  const { panelists, judge, rounds, roundTimeoutSeconds } = discussion;
  return (
    <>
      <ul role="list" className={styles.cast} aria-label="Who takes part">
        {panelists.map((panelist) => (
          <Member key={panelist.id} member={panelist} part="Argues on the panel" />
        ))}
        <Member member={judge} part="Decides in the end" />
      </ul>
      <p className={detail.note}>
        {rounds} {rounds === 1 ? "round" : "rounds"}, at most{" "}
        {duration(roundTimeoutSeconds * 1_000)} for a turn
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
      <Button look="primary" busy={start.isPending} onClick={() => start.mutate()}>
        Start a run
      </Button>
      {start.error && <ErrorText error={start.error} />}
    </div>
  );
}

function Runs({ id }: { id: string }) {
  const runs = useRuns(id);
  return (
    <section className={styles.runs} aria-labelledby="runs">
      <h3 id="runs">Runs</h3>
      {runs.error && <ErrorNotice error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.isPending && <Loading lines={2} label="Loading runs" />}
      {runs.data?.length === 0 && <p className={detail.note}>None yet.</p>}
      <ul role="list">
        {runs.data?.map((run) => (
          <li key={run.id}>
            <Link href={`/discussions/${id}/runs/${run.id}`} className={styles.run}>
              <RunStatus status={run.status} />
              <span className={styles.outcome}>
                {run.verdict?.recommendation ?? run.error ?? ""}
              </span>
              <span className={detail.when}>
                <When at={run.createdAt} long />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <ShowMore list={runs} label="Show older runs" />
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
        label="Discussion actions"
        items={[
          { label: "Delete", icon: "trash", danger: true, onSelect: () => setDeleting(true) },
        ]}
      />
      {deleting && (
        <ActionDialog
          title="Delete discussion?"
          action="Delete"
          look="danger"
          onClose={() => setDeleting(false)}
          onConfirm={remove}
        >
          <p>&ldquo;{discussion.topic}&rdquo; will be gone. This cannot be undone.</p>
        </ActionDialog>
      )}
    </>
  );
}
