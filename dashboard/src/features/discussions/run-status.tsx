import type { DiscussionRun, DiscussionTurn } from "../../api/types.ts";
import { Status, type StatusKind } from "../../ui/status.tsx";

type Kind = DiscussionRun["status"] | DiscussionTurn["status"];

/** The state of a run or of one turn. */
export function RunStatus({ status }: { status: Kind }) {
  if (status === "timeOut") return <Status kind="failed" word="Out of time" />;
  if (status === "judging") return <Status kind="running" word="Judging" />;
  return <Status kind={status satisfies StatusKind} />;
}
