import type { Session } from "../../api/types.ts";
import { sessions as t } from "../../messages/en/sessions.ts";

export function sessionTitle({ title }: Pick<Session, "title">): string {
  return title === "" ? t.untitled : title;
}
