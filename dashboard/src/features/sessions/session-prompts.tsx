import { PromptCard } from "../../entities/prompt/prompt-card.tsx";
import { isWaiting } from "../../entities/prompt/inbox.ts";
import { useInbox } from "../../entities/prompt/inbox-provider.tsx";
import styles from "./session-prompts.module.css";
import { prompts as t } from "../../messages/en/prompts.ts";

interface SessionPromptsProps {
  sessionId: string;
  /** The turn in progress: its answered prompts stay visible until it ends. */
  taskId: string | null;
}

/** The prompts of this session, below the turn that waits for them. */
export function SessionPrompts({ sessionId, taskId }: SessionPromptsProps) {
  const { prompts } = useInbox();
  const here = prompts.filter(
    (prompt) =>
      prompt.request.sessionId === sessionId &&
      (isWaiting(prompt) || prompt.request.taskId === taskId),
  );
  if (here.length === 0) return null;
  return (
    <ul role="list" className={styles.prompts} aria-label={t.waiting}>
      {here.map((prompt) => (
        <li key={prompt.request.id}>
          <PromptCard prompt={prompt} inSession />
        </li>
      ))}
    </ul>
  );
}
