import { describe, expect, it } from "vitest";
import type { ApprovalRequest, InfoRequest } from "../../api/types.ts";
import type { ApprovalEvent } from "../../live/events.ts";
import { emptyInbox, isWaiting, reduceInbox, type Inbox, type InboxAction } from "./inbox.ts";

const approval = (id: string, minute: number, status = "pending") =>
  ({ id, status, requestedAt: `2026-01-01T10:0${minute}:00Z` }) as ApprovalRequest;
const question = (id: string, minute: number) =>
  ({ id, status: "pending", requestedAt: `2026-01-01T10:0${minute}:00Z` }) as InfoRequest;
const event = (name: string, data: unknown): InboxAction => ({
  type: "event",
  event: { name, data } as ApprovalEvent,
});
const after = (...actions: InboxAction[]) => actions.reduce(reduceInbox, emptyInbox);
const read = (approvals: ApprovalRequest[], questions: InfoRequest[] = []): InboxAction => ({
  type: "read",
  approvals,
  questions,
});
const ids = ({ prompts }: Inbox) => prompts.map(({ request }) => request.id);

describe("the inbox", () => {
  it("has the oldest first, whatever it is and in whatever order it came", () => {
    const inbox = after(
      event("ApprovalRequested", approval("apr_3", 3)),
      read([approval("apr_3", 3), approval("apr_1", 1)], [question("inf_2", 2)]),
      event("InfoRequested", question("inf_4", 4)),
    );
    expect(ids(inbox)).toEqual(["apr_1", "inf_2", "apr_3", "inf_4"]);
  });

  it("holds each thing once, however often it is told", () => {
    const told = event("ApprovalRequested", approval("apr_1", 1));
    expect(ids(after(told, told, read([approval("apr_1", 1)])))).toEqual(["apr_1"]);
  });

  it("keeps what was answered in its place until it is tidied away", () => {
    const answered = after(
      read([approval("apr_1", 1), approval("apr_2", 2)]),
      event("ApprovalResolved", { id: "apr_1", outcome: "rejected", outcomeDetail: "no" }),
    );
    expect(ids(answered)).toEqual(["apr_1", "apr_2"]);
    expect(answered.prompts[0]?.request).toMatchObject({ status: "rejected", outcomeDetail: "no" });
    expect(answered.prompts.filter(isWaiting)).toHaveLength(1);
    expect(ids(reduceInbox(answered, { type: "cleared" }))).toEqual(["apr_2"]);
  });

  it("does not believe an older page that says an answered thing waits", () => {
    const answered = after(
      read([], [question("inf_1", 1)]),
      event("InfoResolved", { id: "inf_1", status: "answered", response: "blue" }),
      read([], [question("inf_1", 1)]),
      event("InfoRequested", question("inf_1", 1)),
    );
    expect(answered.prompts[0]?.request).toMatchObject({ status: "answered", response: "blue" });
  });

  it("lets go of what was settled while nobody listened", () => {
    expect(ids(after(read([approval("apr_1", 1)]), read([])))).toEqual([]);
  });

  it("takes the answer of the gateway to one's own click", () => {
    const request = approval("apr_1", 1, "approved");
    const inbox = after(read([approval("apr_1", 1)]), {
      type: "updated",
      prompt: { kind: "approval", request },
    });
    expect(inbox.prompts.filter(isWaiting)).toEqual([]);
  });

  it("ignores the end of what it never knew", () => {
    expect(after(event("ApprovalResolved", { id: "apr_9", outcome: "approved" })).prompts).toEqual(
      [],
    );
  });
});
