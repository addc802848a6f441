import type { Run } from "../../entities/session/session-state.ts";
import { ActivityDots } from "../../ui/status.tsx";
import styles from "./agent-status.module.css";
import { conversation as t } from "../../messages/en/conversation.ts";

/** The tool that asks the user a question. */
const QUESTION = "person.ask";

function statusText({ phase, activity, detail }: Run, agent: string): string {
  if (phase === "queued") return t.status.queued(agent);
  switch (activity) {
    case "calling_tool":
      if (detail === QUESTION) return t.status.question(agent);
      return detail ? t.status.tool(agent, detail) : t.status.someTool(agent);
    case "waiting_approval":
      return detail ? t.status.approval(agent, detail) : t.status.someApproval(agent);
    case "resuming":
      return t.status.resuming(agent);
    case "writing":
      return t.status.writing(agent);
    default:
      return t.status.thinking(agent);
  }
}

export function AgentStatus({ run, agentName }: { run: Run; agentName: string }) {
  return (
    <p className={styles.status}>
      <ActivityDots />
      {statusText(run, agentName)}
    </p>
  );
}
