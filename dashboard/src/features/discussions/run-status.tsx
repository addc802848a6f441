import type { DiscussionRun, DiscussionTurn } from "../../api/types.ts";
import { Status, type StatusKind } from "../../ui/status.tsx";
import { discussions as t } from "../../messages/en/discussions.ts";

type Kind = DiscussionRun["status"] | DiscussionTurn["status"];

/** The status of a run or of one turn. */
export function RunStatus({ status }: { status: Kind }) {
  if (status === "timeOut") return <Status kind="failed" word={t.timedOut} />;
  if (status === "judging") return <Status kind="running" word={t.judgingStatus} />;
  return <Status kind={status satisfies StatusKind} />;
}
