/**
 * Messages of a session that have not reached the gateway as far as is known. They survive a reload and a visit
 * to another page. A message that did arrive comes back with the history, by its local id, and is dropped.
 */
import { readDraft, writeDraft } from "../../ui/drafts.ts";
import type { Attachment } from "../../api/types.ts";
import type { Answerer, Outgoing } from "../../entities/session/session-state.ts";
import { conversation as t } from "../../messages/en/conversation.ts";

const keyOf = (sessionId: string) => `${sessionId}.unsent`;

export function readUnsent(sessionId: string): Outgoing[] {
  const kept = JSON.parse(readDraft(keyOf(sessionId)) ?? "[]") as [
    string,
    string,
    Attachment[]?,
    Answerer?,
  ][];
  return kept.map(([localId, content, attachments = [], answerer = {}]) => ({
    localId,
    content,
    attachments,
    answerer,
    phase: "failed",
    messageId: null,
    error: new Error(t.notSent),
  }));
}

export function keepUnsent(sessionId: string, outgoing: Outgoing[]) {
  const unsent = outgoing.filter(({ phase }) => phase !== "accepted");
  const kept = unsent.map(({ localId, content, attachments, answerer }) => [
    localId,
    content,
    attachments,
    answerer,
  ]);
  writeDraft(keyOf(sessionId), kept.length === 0 ? null : JSON.stringify(kept));
}
