import { useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, call } from "../../api/client.ts";
import type { DiscussionRunDetail, DiscussionTurn, Panelist } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Markdown } from "../../ui/markdown/markdown.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { ActivityDots } from "../../ui/status.tsx";
import { duration } from "../../ui/time.ts";
import { useTitle } from "../../ui/title.tsx";
import { useToast } from "../../ui/toast.tsx";
import { cancelTask } from "../../entities/task/tasks.ts";
import { useCan } from "../../entities/user/auth.ts";
import { allDiscussions } from "./all-discussions.ts";
import { hasEnded, startedRounds, turnOf } from "./run-events.ts";
import { RunStatus } from "./run-status.tsx";
import styles from "./run-view.module.css";
import { useRun } from "./use-discussions.ts";
import { VerdictCard } from "./verdict-card.tsx";
import { discussions as t } from "../../messages/en/discussions.ts";

interface RunViewProps {
  runId: string;
  discussionId: string;
}

/** A run, updated live: the rounds, each with its turns side by side, and the verdict. */
export function RunView({ runId, discussionId }: RunViewProps) {
  const run = useRun(runId);
  useTitle(run.data?.topic);
  return (
    <div className={styles.view}>
      <p className={styles.up}>
        <Link href={`/discussions/${discussionId}`}>{t.backToDiscussion}</Link>
      </p>
      {run.error && (
        <ErrorNotice
          error={run.error}
          onRetry={() => void run.refetch()}
          backLink={allDiscussions()}
        />
      )}
      {run.isPending && <Loading lines={8} />}
      {run.data && <Run run={run.data} />}
    </div>
  );
}

function Run({ run }: { run: DiscussionRunDetail }) {
  const rounds = startedRounds(run);
  return (
    <>
      <RunHeader run={run} />
      {run.verdict && (
        <VerdictCard verdict={run.verdict} judge={run.judge.name} hash={run.verdictHash} />
      )}
      {run.status === "failed" && (
        <p role="alert" className={styles.failed}>
          {run.error ?? t.runFailed}
        </p>
      )}
      {run.status === "judging" && run.verdict === null && (
        <p className={styles.judging} role="status">
          <ActivityDots /> {t.judging(run.judge.name)}
        </p>
      )}
      {rounds.length === 0 && !hasEnded(run) && (
        <p className={styles.judging} role="status">
          <ActivityDots /> {t.waitingForFirst}
        </p>
      )}
      {rounds.map((round) => (
        <section key={round} aria-label={t.round(round)}>
          <h3 className={styles.round}>{t.roundOf(round, run.rounds)}</h3>
          <div className={styles.columns} data-panelists={run.panelists.length}>
            {run.panelists.map((panelist) => (
              <TurnCard
                key={panelist.id}
                panelist={panelist}
                turn={turnOf(run, panelist.id, round)}
                runId={run.id}
              />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

function RunHeader({ run }: { run: DiscussionRunDetail }) {
  const queries = useQueryClient();
  const { attempt } = useToast();
  const canCancel = useCan("SendMessages");
  const cancel = () =>
    attempt(async () => {
      await call(
        api.POST("/api/discussions/runs/{id}/cancel", { params: { path: { id: run.id } } }),
      );
      await queries.invalidateQueries({ queryKey: ["discussion-run", run.id] });
    });
  return (
    <header className={styles.header}>
      <h2>{run.topic}</h2>
      <RunStatus status={run.status} />
      {hasEnded(run) && run.durationMs > 0 && (
        <span className={styles.took}>{duration(run.durationMs)}</span>
      )}
      {!hasEnded(run) && canCancel && (
        <Button small icon="stop" variant="danger" onClick={() => void cancel()}>
          {t.cancelRun}
        </Button>
      )}
    </header>
  );
}

interface TurnCardProps {
  panelist: Panelist;
  /** Absent before the panelist starts. */
  turn: DiscussionTurn | undefined;
  runId: string;
}

function TurnCard({ panelist, turn, runId }: TurnCardProps) {
  return (
    <article className={styles.turn} data-status={turn?.status}>
      <header>
        <h4>{panelist.name}</h4>
        {turn && <RunStatus status={turn.status} />}
        {turn?.status === "running" && turn.taskId !== "" && (
          <SkipTurn name={panelist.name} taskId={turn.taskId} runId={runId} />
        )}
      </header>
      {turn?.status === "running" && <ActivityDots />}
      {turn?.error && <p className={styles.why}>{turn.error}</p>}
      {turn && turn.content !== "" && <Markdown text={turn.content} />}
    </article>
  );
}

/** Ends one turn; the other turns and the run continue. */
function SkipTurn({ name, taskId, runId }: { name: string; taskId: string; runId: string }) {
  const queries = useQueryClient();
  const { attempt } = useToast();
  const canCancel = useCan("SendMessages");
  const skip = () =>
    attempt(async () => {
      await cancelTask(taskId);
      await queries.invalidateQueries({ queryKey: ["discussion-run", runId] });
    });
  if (!canCancel) return null;
  return <IconButton small icon="stop" label={t.endTurn(name)} onClick={() => void skip()} />;
}
