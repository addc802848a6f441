import { PromptCard } from "../../entities/prompt/prompt-card.tsx";
import type { Prompt } from "../../entities/prompt/inbox.ts";
import styles from "./session-prompts.module.css";
import { prompts as t } from "../../messages/en/prompts.ts";

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
