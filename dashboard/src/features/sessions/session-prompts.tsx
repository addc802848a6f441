import type { Run } from "../../entities/session/session-state.ts";
import { PromptCard } from "../../entities/prompt/prompt-card.tsx";
import { isWaiting, type Prompt } from "../../entities/prompt/inbox.ts";
import { useInbox } from "../../entities/prompt/inbox-provider.tsx";
import styles from "./session-prompts.module.css";
import { prompts as t } from "../../messages/en/prompts.ts";

/** The prompts of a session: those that wait, and of the turn in progress also those that were answered. */
export function useSessionPrompts(sessionId: string, run: Run | undefined): Prompt[] {
  const { prompts } = useInbox();
  return prompts.filter(
    (prompt) =>
      prompt.request.sessionId === sessionId &&
      (isWaiting(prompt) || prompt.request.taskId === run?.taskId),
  );
}

/** Below the turn that waits for them. */
export function SessionPrompts({ prompts }: { prompts: Prompt[] }) {
  if (prompts.length === 0) return null;
  return (
    <ul role="list" className={styles.prompts} aria-label={t.waiting}>
      {prompts.map((prompt) => (
        <li key={prompt.request.id}>
          <PromptCard prompt={prompt} inSession />
        </li>
      ))}
    </ul>
  );
}
