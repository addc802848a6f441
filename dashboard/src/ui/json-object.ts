/** A JSON object as a user edits it. */
import { common } from "../messages/en/common.ts";

export type ParsedObject =
  { ok: true; value: Record<string, unknown> } | { ok: false; problem: string };

export function parseJsonObject(text: string): ParsedObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: common.notJson((error as Error).message) };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, problem: common.notObject };
  }
  return { ok: true, value: value as Record<string, unknown> };
}
