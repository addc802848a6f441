import type { Task } from "../../api/types.ts";

/** What a task is part of. */
export const KINDS: Record<Task["kind"], string> = {
  chat: "Answer",
  discussion: "Discussion",
  discussion_turn: "Discussion",
  discussion_verdict: "Discussion",
};
