/**
 * The prompts that wait for an answer, as a pure function of pages and events.
 *
 * An answered prompt keeps its place until it is cleared: if a card vanished under the pointer, the
 * next one could be approved by accident.
 */
import type { ApprovalRequest, InfoRequest } from "../../api/types.ts";
import type { ApprovalEvent, ApprovalEvents } from "../../live/events.ts";

export const INBOX_EVENTS = [
  "ApprovalRequested",
  "ApprovalResolved",
  "InfoRequested",
  "InfoResolved",
] as const satisfies (keyof ApprovalEvents)[];

/** An approval request or a question of an agent. */
export type Prompt =
  { kind: "approval"; request: ApprovalRequest } | { kind: "question"; request: InfoRequest };

export interface Inbox {
  loaded: boolean;
  /** Oldest first, since it expires first. */
  prompts: Prompt[];
}

export type InboxAction =
  | { type: "read"; approvals: ApprovalRequest[]; questions: InfoRequest[] }
  | { type: "event"; event: ApprovalEvent }
  | { type: "updated"; prompt: Prompt }
  | { type: "cleared" };

export const emptyInbox: Inbox = { loaded: false, prompts: [] };

export function isWaiting({ request }: Prompt): boolean {
  return request.status === "pending";
}

export function reduceInbox(inbox: Inbox, action: InboxAction): Inbox {
  switch (action.type) {
    case "read":
      return read(inbox, action);
    case "event":
      return applyEvent(inbox, action.event);
    case "updated":
      return withPrompt(inbox, action.prompt);
    case "cleared":
      return { ...inbox, prompts: inbox.prompts.filter(isWaiting) };
  }
}

/** A waiting prompt that is missing from the page was answered elsewhere, and is dropped. */
function read(inbox: Inbox, page: Extract<InboxAction, { type: "read" }>): Inbox {
  const prompts: Prompt[] = [
    ...page.approvals.map((request): Prompt => ({ kind: "approval", request })),
    ...page.questions.map((request): Prompt => ({ kind: "question", request })),
    ...inbox.prompts.filter((prompt) => !isWaiting(prompt)),
  ];
  return prompts.reduce(withPrompt, { loaded: true, prompts: [] });
}

function applyEvent(inbox: Inbox, event: ApprovalEvent): Inbox {
  switch (event.name) {
    case "ApprovalRequested":
      return withPrompt(inbox, { kind: "approval", request: { ...UNANSWERED, ...event.data } });
    case "InfoRequested":
      return withPrompt(inbox, {
        kind: "question",
        request: { ...event.data, response: null, resolvedAt: null },
      });
    case "ApprovalResolved": {
      const { id, outcome, outcomeDetail } = event.data;
      return patched(inbox, id, (prompt) =>
        prompt.kind === "approval"
          ? { ...prompt, request: { ...prompt.request, status: outcome, outcomeDetail } }
          : prompt,
      );
    }
    case "InfoResolved": {
      const { id, response, status } = event.data;
      return patched(inbox, id, (prompt) =>
        prompt.kind === "question"
          ? { ...prompt, request: { ...prompt.request, status, response } }
          : prompt,
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

function patched(inbox: Inbox, id: string, patch: (prompt: Prompt) => Prompt): Inbox {
  return {
    ...inbox,
    prompts: inbox.prompts.map((prompt) => (prompt.request.id === id ? patch(prompt) : prompt)),
  };
}

/** An answered prompt does not wait again because an older page says so. */
function withPrompt(inbox: Inbox, prompt: Prompt): Inbox {
  const known = inbox.prompts.find(({ request }) => request.id === prompt.request.id);
  if (known !== undefined) {
    return !isWaiting(known) && isWaiting(prompt)
      ? inbox
      : patched(inbox, prompt.request.id, () => prompt);
  }
  const prompts = [...inbox.prompts, prompt].sort((a, b) =>
    a.request.requestedAt.localeCompare(b.request.requestedAt),
  );
  return { ...inbox, prompts };
}
