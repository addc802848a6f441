import type { Run } from "../session/session-state.ts";
import { useInbox } from "./inbox-provider.tsx";
import { isWaiting, type Prompt } from "./inbox.ts";

/** The prompts of a session: those that wait, and of the turn in progress also those that were answered. */
export function useSessionPrompts(sessionId: string, run: Run | undefined): Prompt[] {
  const { prompts } = useInbox();
  return prompts.filter(
    (prompt) =>
      prompt.request.sessionId === sessionId &&
      (isWaiting(prompt) || prompt.request.taskId === run?.taskId),
  );
}
