/** One thing that waits for a person, whichever it is. */
import { ApprovalCard } from "./approval-card.tsx";
import type { Ask } from "./inbox.ts";
import { QuestionCard } from "./question-card.tsx";

interface AskCardProps {
  ask: Ask;
  /** In its own session a card does not name it. */
  inSession?: boolean;
}

export function AskCard({ ask, inSession = false }: AskCardProps) {
  return ask.kind === "action" ? (
    <ApprovalCard approval={ask.asked} inSession={inSession} />
  ) : (
    <QuestionCard question={ask.asked} inSession={inSession} />
  );
}
