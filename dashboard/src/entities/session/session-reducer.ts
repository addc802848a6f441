/**
 * The state of one session, as a pure function of pages, events and sent messages.
 *
 * Three sources arrive in any order: pages of history (REST), the hub's events, and the messages that the
 * user sends. Messages are merged by id, the newer version wins, and numbers give the order.
 */
import type { Accepted, Attachment, Message, Task } from "../../api/types.ts";
import type { ChatEvent, Joined } from "../../live/events.ts";
import { applyEvent } from "./session-events.ts";
import {
  mergeMessages,
  patchRun,
  type Answerer,
  type Outcome,
  type Outgoing,
  type SessionState,
} from "./session-state.ts";

export type Action =
  | { type: "joining" }
  | { type: "joined"; joined: Joined }
  | { type: "synced"; messages: Message[]; tasks: Task[]; newestPage: { hasOlder: boolean } | null }
  /** The session shows another branch. `before` are the messages that were shown as its newest page was asked for. */
  | { type: "reread"; before: Message[]; messages: Message[]; tasks: Task[]; hasOlder: boolean }
  | { type: "older"; messages: Message[]; hasOlder: boolean }
  | {
      type: "sent";
      localId: string;
      content: string;
      attachments: Attachment[];
      answerer: Answerer;
    }
  | { type: "accepted"; localId: string; accepted: Accepted }
  | { type: "failed"; localId: string; error: unknown }
  | { type: "discarded"; localId: string }
  | { type: "events"; events: ChatEvent[] };

export function reduceSession(state: SessionState, action: Action): SessionState {
  switch (action.type) {
    case "joining":
      return { ...state, joining: true, runs: state.runs.map((run) => ({ ...run, tail: [] })) };
    case "joined":
      return joined(state, action.joined);
    case "synced":
      return synced(state, action);
    case "reread":
      return reread(state, action);
    case "older":
      return { ...mergeMessages(state, action.messages), hasOlder: action.hasOlder };
    case "sent":
      return { ...state, outgoing: [...withoutLocal(state, action.localId), sending(action)] };
    case "accepted":
      return accepted(state, action.localId, action.accepted);
    case "failed":
      return patchOutgoing(state, action.localId, { phase: "failed", error: action.error });
    case "discarded":
      return { ...state, outgoing: withoutLocal(state, action.localId) };
    case "events":
      return action.events.reduce(applyEvent, state);
  }
}

function sending({
  localId,
  content,
  attachments,
  answerer,
}: Extract<Action, { type: "sent" }>): Outgoing {
  return {
    localId,
    content,
    attachments,
    answerer,
    phase: "sending",
    messageId: null,
    error: null,
  };
}

function withoutLocal(state: SessionState, localId: string): Outgoing[] {
  return state.outgoing.filter((out) => out.localId !== localId);
}

function patchOutgoing(
  state: SessionState,
  localId: string,
  patch: Partial<Outgoing>,
): SessionState {
  const outgoing = state.outgoing.map((out) =>
    out.localId === localId ? { ...out, ...patch } : out,
  );
  return { ...state, outgoing };
}

function accepted(
  state: SessionState,
  localId: string,
  { taskId, messageId }: Accepted,
): SessionState {
  const known = state.messages.some((message) => message.messageId === messageId);
  const next = known
    ? { ...state, outgoing: withoutLocal(state, localId) }
    : patchOutgoing(state, localId, { phase: "accepted", messageId });
  return taskId in next.outcomes ? next : patchRun(next, taskId, (run) => run);
}

function joined(state: SessionState, { pending }: Joined): SessionState {
  return pending.reduce<SessionState>(
    (next, { taskId, messageId, content, offset }) =>
      patchRun(next, taskId, (run) => ({
        ...run,
        phase: "running",
        messageId,
        text: run.tail.reduce(
          (text, chunk) => (chunk.offset >= offset ? text + chunk.delta : text),
          content,
        ),
        tail: [],
      })),
    { ...state, joining: false },
  );
}

function synced(
  state: SessionState,
  { messages, tasks, newestPage }: Extract<Action, { type: "synced" }>,
): SessionState {
  // Nothing older is known to precede a newest page, but events may have brought its messages already.
  const base =
    newestPage === null
      ? state
      : {
          ...state,
          messages: state.messages.filter(({ id }) => id >= (messages[0]?.id ?? 0)),
          hasOlder: newestPage.hasOlder,
        };
  let next = mergeMessages({ ...base, loaded: true }, messages);
  for (const task of tasks) {
    if (task.status === "queued" || task.status === "running") next = resumed(next, task);
    else next = finished(next, task);
  }
  return next;
}

/** What came meanwhile stays, and what goes on. */
function reread(
  state: SessionState,
  { before, messages, tasks, hasOlder }: Extract<Action, { type: "reread" }>,
): SessionState {
  const known = new Set(before.map(({ messageId }) => messageId));
  const arrived = state.messages.filter(({ messageId }) => !known.has(messageId));
  const base = { ...state, messages: arrived, outcomes: {}, hasOlder };
  return synced(base, { type: "synced", messages, tasks, newestPage: null });
}

function resumed(state: SessionState, task: Task): SessionState {
  if (task.id in state.outcomes) return state;
  const reply = state.messages.find((m) => m.taskId === task.id && m.role === "agent");
  // The task ended after the tasks were read.
  if (reply !== undefined && reply.status !== "pending") {
    return finished(state, { ...task, status: "completed", replyMessageId: reply.messageId });
  }
  return patchRun(state, task.id, (run) => ({
    ...run,
    agentId: task.agentId,
    phase: task.status === "running" ? "running" : run.phase,
    messageId: reply?.messageId ?? run.messageId,
    text: run.text === "" ? (reply?.content ?? "") : run.text,
    tools: reply !== undefined && reply.toolCalls.length > 0 ? reply.toolCalls : run.tools,
  }));
}

function finished(state: SessionState, task: Task): SessionState {
  const outcome: Outcome = {
    kind:
      task.status === "failed" ? "failed" : task.status === "cancelled" ? "cancelled" : "completed",
    reason: task.error,
    afterMessageId: task.replyMessageId ?? task.requestMessageId,
  };
  return {
    ...state,
    runs: state.runs.filter((run) => run.taskId !== task.id),
    outcomes: { ...state.outcomes, [task.id]: outcome },
  };
}
