import type { Run } from "../../live/session-state.ts";
import { Working } from "../../ui/status.tsx";
import styles from "./agent-status.module.css";

/** The tool that asks a person. */
const QUESTION = "person.ask";

function words({ phase, activity, detail }: Run): string {
  if (phase === "queued") return "is next in the queue";
  switch (activity) {
    case "calling_tool":
      if (detail === QUESTION) return "is waiting for your answer";
      return detail ? `is using ${detail}` : "is using a tool";
    case "waiting_approval":
      return detail ? `is waiting for your word on ${detail}` : "is waiting for your word";
    case "resuming":
      return "is beginning again after a restart";
    case "writing":
      return "is writing";
    default:
      return "is thinking";
  }
}

export function AgentStatus({ run, agentName }: { run: Run; agentName: string }) {
  return (
    <p className={styles.status}>
      <Working />
      {agentName} {words(run)}
    </p>
  );
}
