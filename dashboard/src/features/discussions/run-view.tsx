import { useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, call } from "../../api/client.ts";
import type { DiscussionRunDetail, DiscussionTurn, Panelist } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Markdown } from "../../ui/markdown/markdown.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Working } from "../../ui/status.tsx";
import { duration } from "../../ui/time.ts";
import { useTitle } from "../../ui/title.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useMay } from "../auth/auth.tsx";
import { ALL_DISCUSSIONS } from "./all-discussions.ts";
import { hasEnded, roundsBegun, turnOf } from "./run-events.ts";
import { RunStatus } from "./run-status.tsx";
import styles from "./run-view.module.css";
import { useRun } from "./use-discussions.ts";
import { VerdictCard } from "./verdict-card.tsx";

interface RunViewProps {
  runId: string;
  discussionId: string;
}

/** A run as it goes on: each round side by side, then the verdict. */
export function RunView({ runId, discussionId }: RunViewProps) {
  const run = useRun(runId);
  useTitle(run.data?.topic);
  return (
    <div className={styles.view}>
      <p className={styles.up}>
        <Link href={`/discussions/${discussionId}`}>Back to the discussion</Link>
      </p>
      {run.error && (
        <ErrorNotice
          error={run.error}
          onRetry={() => void run.refetch()}
          wayOut={ALL_DISCUSSIONS}
        />
      )}
      {run.isPending && <Loading lines={8} />}
      {run.data && <Run run={run.data} />}
    </div>
  );
}

function Run({ run }: { run: DiscussionRunDetail }) {
  const rounds = roundsBegun(run);
  return (
    <>
      <RunHeader run={run} />
      {run.verdict && (
        <VerdictCard verdict={run.verdict} judge={run.judge.name} hash={run.verdictHash} />
      )}
      {run.status === "failed" && (
        <p role="alert" className={styles.failed}>
          {run.error ?? "The run failed, and no reason was given."}
        </p>
      )}
      {run.status === "judging" && run.verdict === null && (
        <p className={styles.judging} role="status">
          <Working /> {run.judge.name} is weighing what was said
        </p>
      )}
      {rounds.length === 0 && !hasEnded(run) && (
        <p className={styles.judging} role="status">
          <Working /> Waiting for the first words
        </p>
      )}
      {rounds.map((round) => (
        <section key={round} aria-label={`Round ${round}`}>
          <h3 className={styles.round}>
            Round {round} of {run.rounds}
          </h3>
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
  const mayCancel = useMay("SendMessages");
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
      {!hasEnded(run) && mayCancel && (
        <Button small icon="stop" look="danger" onClick={() => void cancel()}>
          Cancel run
        </Button>
      )}
    </header>
  );
}

interface TurnCardProps {
  panelist: Panelist;
  /** Absent when the panelist has not begun. */
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
      {turn?.status === "running" && <Working />}
      {turn?.error && <p className={styles.why}>{turn.error}</p>}
      {turn && turn.content !== "" && <Markdown text={turn.content} />}
    </article>
  );
}

/** Ends one turn; the others and the run go on. */
function SkipTurn({ name, taskId, runId }: { name: string; taskId: string; runId: string }) {
  const queries = useQueryClient();
  const { attempt } = useToast();
  const mayCancel = useMay("SendMessages");
  const skip = () =>
    attempt(async () => {
      await call(api.POST("/api/tasks/{id}/cancel", { params: { path: { id: taskId } } }));
      await queries.invalidateQueries({ queryKey: ["discussion-run", runId] });
    });
  if (!mayCancel) return null;
  return (
    <IconButton small icon="stop" label={`End the turn of ${name}`} onClick={() => void skip()} />
  );
}
