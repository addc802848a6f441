/**
 * What was said in a session and has not arrived, as far as is known: kept over a reload and over a look at
 * another page. What did arrive is told back with the history, by its local id, and goes.
 */
import { readDraft, writeDraft } from "../../ui/drafts.ts";
import type { Outgoing } from "../../live/session-state.ts";

const keyOf = (sessionId: string) => `${sessionId}.unsent`;

export function readUnsent(sessionId: string): Outgoing[] {
  const kept = JSON.parse(readDraft(keyOf(sessionId)) ?? "[]") as [string, string][];
  return kept.map(([localId, content]) => ({
    localId,
    content,
    phase: "failed",
    messageId: null,
    error: new Error("It was not sent."),
  }));
}

export function keepUnsent(sessionId: string, outgoing: Outgoing[]) {
  const unsent = outgoing.filter(({ phase }) => phase !== "accepted");
  const kept = unsent.map(({ localId, content }) => [localId, content]);
  writeDraft(keyOf(sessionId), kept.length === 0 ? null : JSON.stringify(kept));
}
