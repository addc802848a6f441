/** What a user has that somebody else must get when the user is deleted. */
import { ApiError } from "../../api/client.ts";
import { users as t } from "../../messages/en/users.ts";

const KINDS = ["sessions", "discussions", "memories", "attachments"] as const;

export type Belongings = Partial<Record<(typeof KINDS)[number], number>>;

/** What a refusal to delete says that there is; null if it is refused for another reason. */
export function belongingsOf(error: unknown): Belongings | null {
  if (!(error instanceof ApiError) || error.code !== "has_belongings") return null;
  return error.details as Belongings;
}

/** In words, without what there is none of: "1 session and 2 memories". */
export function inWords(belongings: Belongings): string {
  const counted = KINDS.flatMap((kind) => {
    const count = belongings[kind] ?? 0;
    return count === 0 ? [] : [t.belongings[kind](count)];
  });
  return new Intl.ListFormat(document.documentElement.lang || "en").format(counted);
}
