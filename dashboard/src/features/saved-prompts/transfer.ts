/** Prompts as a file, to be kept or given to others. */
import { ApiError, api, call } from "../../api/client.ts";
import type { NewSavedPrompt, SavedPrompt } from "../../api/types.ts";
import { savedPrompts as t } from "../../messages/en/saved-prompts.ts";

/** A larger file than this (bytes) holds no prompts of people. */
const LARGEST_FILE = 20_000_000;
/** The gateway keeps so many private prompts for a user. */
const MOST_PROMPTS = 500;

export function exported(prompts: SavedPrompt[]): Blob {
  const plain = prompts.map(({ command, title, content }) => ({ command, title, content }));
  return new Blob([`${JSON.stringify(plain, null, 2)}\n`], { type: "application/json" });
}

/** The prompts in a file. Throws if there are none, or something else. */
export function parsePrompts(text: string): NewSavedPrompt[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new Error(t.notPrompts);
  }
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_PROMPTS) {
    throw new Error(t.notPrompts);
  }
  return list.map(promptOf);
}

function promptOf(one: unknown): NewSavedPrompt {
  const { command, title, content } = (one ?? {}) as Record<string, unknown>;
  if (typeof command !== "string" || typeof content !== "string") throw new Error(t.notPrompts);
  return { command, content, ...(typeof title === "string" && { title }) };
}

/** Saves the prompts of a file as private ones. One whose command is taken is skipped. */
export async function importPrompts(file: File): Promise<{ imported: number; skipped: number }> {
  if (file.size > LARGEST_FILE) throw new Error(t.notPrompts);
  const counts = { imported: 0, skipped: 0 };
  for (const body of parsePrompts(await file.text())) {
    try {
      await call(api.POST("/api/prompts", { body }));
      counts.imported += 1;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "command_taken") throw error;
      counts.skipped += 1;
    }
  }
  return counts;
}
