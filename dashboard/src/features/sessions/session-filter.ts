/** Which sessions a list shows. */
import { PINNED } from "../../entities/start/start.ts";

export interface SessionFilter {
  /** Words of the title or of a message. */
  q?: string;
  tag?: string;
  /** Only archived ones, in place of all others. */
  archived?: true;
  pinned?: true;
}

/** By what the list is known in the cache: empty for the list that the page starts with. */
export function filterKey(filter: SessionFilter): string {
  if (filter.pinned) return PINNED;
  const { q = "", tag = "", archived = false } = filter;
  const parts = { ...(q && { q }), ...(tag && { tag }), ...(archived && { archived: "true" }) };
  return new URLSearchParams(parts).toString();
}

/** Whether it is the list that the page starts with. */
export function isUnfiltered(filter: SessionFilter): boolean {
  return filterKey(filter) === "";
}
