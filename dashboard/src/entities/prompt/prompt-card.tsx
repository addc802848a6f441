/** The card of a prompt, whichever kind it is. */
import { ApprovalCard } from "./approval-card.tsx";
import type { Prompt } from "./inbox.ts";
import { QuestionCard } from "./question-card.tsx";

interface PromptCardProps {
  prompt: Prompt;
  /** In its own session a card does not link to the session. */
  inSession?: boolean;
}

export function PromptCard({ prompt, inSession = false }: PromptCardProps) {
  return prompt.kind === "approval" ? (
    <ApprovalCard approval={prompt.request} inSession={inSession} />
  ) : (
    <QuestionCard question={prompt.request} inSession={inSession} />
  );
}
