/**
 * What waits for a person, as a pure function of what the gateway said.
 *
 * What was answered keeps its place until it is tidied away: if a card vanished under the pointer, the
 * next one would be approved by accident.
 */
import type { ApprovalRequest, InfoRequest } from "../../api/types.ts";
import type { ApprovalEvent } from "../../live/hub-events.ts";

export type Ask =
  { kind: "action"; asked: ApprovalRequest } | { kind: "question"; asked: InfoRequest };

export interface Inbox {
  loaded: boolean;
  /** The oldest first, since its time is over first; what is new comes below. */
  asks: Ask[];
}

export type InboxAction =
  | { type: "read"; approvals: ApprovalRequest[]; questions: InfoRequest[] }
  | { type: "event"; event: ApprovalEvent }
  | { type: "told"; ask: Ask }
  | { type: "tidied" };

export const emptyInbox: Inbox = { loaded: false, asks: [] };

export function isWaiting({ asked }: Ask): boolean {
  return asked.status === "pending";
}

export function reduceInbox(inbox: Inbox, action: InboxAction): Inbox {
  switch (action.type) {
    case "read":
      return read(inbox, action);
    case "event":
      return applyEvent(inbox, action.event);
    case "told":
      return withAsk(inbox, action.ask);
    case "tidied":
      return { ...inbox, asks: inbox.asks.filter(isWaiting) };
  }
}

/** What is not read any more was settled meanwhile, and nobody told how: it goes. */
function read(inbox: Inbox, news: Extract<InboxAction, { type: "read" }>): Inbox {
  const asks: Ask[] = [
    ...news.approvals.map((asked): Ask => ({ kind: "action", asked })),
    ...news.questions.map((asked): Ask => ({ kind: "question", asked })),
    ...inbox.asks.filter((ask) => !isWaiting(ask)),
  ];
  return asks.reduce(withAsk, { loaded: true, asks: [] });
}

function applyEvent(inbox: Inbox, event: ApprovalEvent): Inbox {
  switch (event.name) {
    case "ApprovalRequested":
      return withAsk(inbox, { kind: "action", asked: { ...UNANSWERED, ...event.data } });
    case "InfoRequested":
      return withAsk(inbox, {
        kind: "question",
        asked: { ...event.data, response: null, resolvedAt: null },
      });
    case "ApprovalResolved": {
      const { id, outcome, outcomeDetail } = event.data;
      return patched(inbox, id, (ask) =>
        ask.kind === "action"
          ? { ...ask, asked: { ...ask.asked, status: outcome, outcomeDetail } }
          : ask,
      );
    }
    case "InfoResolved": {
      const { id, response, status } = event.data;
      return patched(inbox, id, (ask) =>
        ask.kind === "question" ? { ...ask, asked: { ...ask.asked, status, response } } : ask,
      );
    }
  }
}

const UNANSWERED = {
  outcome: null,
  outcomeDetail: null,
  modifiedParams: null,
  decidedBy: null,
  resolvedAt: null,
  consumedAt: null,
};

function patched(inbox: Inbox, id: string, patch: (ask: Ask) => Ask): Inbox {
  return { ...inbox, asks: inbox.asks.map((ask) => (ask.asked.id === id ? patch(ask) : ask)) };
}

/** What is known as answered is not waiting again because an older page says so. */
function withAsk(inbox: Inbox, ask: Ask): Inbox {
  const known = inbox.asks.find(({ asked }) => asked.id === ask.asked.id);
  if (known !== undefined) {
    return !isWaiting(known) && isWaiting(ask) ? inbox : patched(inbox, ask.asked.id, () => ask);
  }
  const asks = [...inbox.asks, ask].sort((a, b) =>
    a.asked.requestedAt.localeCompare(b.asked.requestedAt),
  );
  return { ...inbox, asks };
}
