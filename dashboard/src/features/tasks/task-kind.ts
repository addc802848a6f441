import type { Task } from "../../api/types.ts";
import { tasks as t } from "../../messages/en/tasks.ts";

/** The kind of a task in words: the parts of a discussion count as discussions. */
export function taskKind({ kind }: Pick<Task, "kind">): string {
  return kind === "chat" ? t.kind.chat : t.kind.discussion;
}
