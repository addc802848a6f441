import { isWaiting, type Prompt } from "../prompt/inbox.ts";
import type { Run } from "./session-state.ts";
import { ActivityDots } from "../../ui/status.tsx";
import styles from "./agent-status.module.css";
import { conversation as t } from "../../messages/en/conversation.ts";

/** The tool that asks the user a question. */
const QUESTION = "person.ask";

/**
 * What the agent of a turn is doing, in words. What a person is asked is known better than what events tell: they
 * tell nothing to who came later, and of an answer only when the agent goes on.
 */
export function statusText(run: Run, prompts: Prompt[], agent: string): string {
  const own = prompts.filter(({ request }) => request.taskId === run.taskId);
  const asked = own.find(isWaiting);
  if (asked?.kind === "approval") return t.status.approval(agent, asked.request.toolName);
  if (asked) return t.status.question(agent);
  if (run.phase === "queued") return t.status.queued(agent, run.detail);
  const isAnswered = own.length > 0;
  switch (run.activity) {
    case "calling_tool":
      if (run.detail !== QUESTION) {
        return run.detail ? t.status.tool(agent, run.detail) : t.status.someTool(agent);
      }
      return isAnswered ? t.status.thinking(agent) : t.status.question(agent);
    case "waiting_approval":
      if (isAnswered) return t.status.thinking(agent);
      return run.detail ? t.status.approval(agent, run.detail) : t.status.someApproval(agent);
    case "resuming":
      return t.status.resuming(agent);
    case "writing":
      return t.status.writing(agent);
    default:
      return t.status.thinking(agent);
  }
}

interface AgentStatusProps {
  run: Run;
  /** The prompts of the session. */
  prompts: Prompt[];
  agentName: string;
}

export function AgentStatus({ run, prompts, agentName }: AgentStatusProps) {
  return (
    <p className={styles.status}>
      <ActivityDots />
      {statusText(run, prompts, agentName)}
    </p>
  );
}
