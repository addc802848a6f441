/** The order in which a session is shown: messages, unsent messages, running turns, and outcomes. */
import type { Message } from "../../api/types.ts";
import type { Outcome, Outgoing, Run, SessionState } from "../../entities/session/session-state.ts";

/**
 * What is sent, and then a message, keeps its key, and so does what is being answered, and then an answer: what a person
 * has opened, focused or selected in it stays as it is.
 */
export type Entry =
  | { kind: "message"; key: string; message: Message; run: Run | null }
  | { kind: "run"; key: string; run: Run }
  | { kind: "outgoing"; key: string; outgoing: Outgoing }
  | { kind: "notice"; key: string; outcome: Outcome };

export function timeline(state: SessionState): Entry[] {
  const runOf = new Map(state.runs.map((run) => [run.messageId, run]));
  const shown = new Set(state.messages.map((message) => message.messageId));
  const keys = new Set<string>();
  const entries: Entry[] = state.messages.map((message) => ({
    kind: "message",
    key: messageKey(message, keys),
    message,
    run: runOf.get(message.messageId) ?? null,
  }));
  const accepted = state.outgoing.filter((outgoing) => outgoing.phase === "accepted");
  const waiting = state.outgoing.filter((outgoing) => outgoing.phase !== "accepted");
  entries.push(...accepted.map(outgoingEntry));
  for (const run of state.runs) {
    if (run.messageId === null || !shown.has(run.messageId)) {
      entries.push({ kind: "run", key: run.taskId, run });
    }
  }
  entries.push(...waiting.map(outgoingEntry));
  for (const [taskId, outcome] of Object.entries(state.outcomes)) {
    if (outcome.kind !== "completed") placeNotice(entries, taskId, outcome, state.hasOlder);
  }
  return entries;
}

/** Clients choose local ids, and two may choose the same. */
function messageKey({ role, messageId, taskId, localId }: Message, taken: Set<string>): string {
  const wanted = role === "agent" ? taskId : localId;
  const key = wanted === null || taken.has(wanted) ? messageId : wanted;
  taken.add(key);
  return key;
}

function outgoingEntry(outgoing: Outgoing): Entry {
  return { kind: "outgoing", key: outgoing.localId, outgoing };
}

/** A notice whose message is not loaded, or on another branch, is not shown. */
function placeNotice(entries: Entry[], taskId: string, outcome: Outcome, hasOlder: boolean) {
  const notice: Entry = { kind: "notice", key: `notice-${taskId}`, outcome };
  const reply = entries.findLastIndex((entry) => replyTask(entry) === taskId);
  const at = reply >= 0 ? reply : entries.findLastIndex((entry) => follows(entry, outcome));
  if (at >= 0) entries.splice(at + 1, 0, notice);
  else if (!hasOlder && outcome.afterMessageId === null) entries.push(notice);
}

function replyTask(entry: Entry): string | null {
  if (entry.kind === "run") return entry.run.taskId;
  if (entry.kind === "message" && entry.message.role === "agent") return entry.message.taskId;
  return null;
}

function follows(entry: Entry, { afterMessageId }: Outcome): boolean {
  if (afterMessageId === null) return false;
  if (entry.kind === "message") return entry.message.messageId === afterMessageId;
  return entry.kind === "outgoing" && entry.outgoing.messageId === afterMessageId;
}
