import { describe, expect, it } from "vitest";
import type { Message } from "../../api/types.ts";
import { emptySession, newRun, type SessionState } from "../../entities/session/session-state.ts";
import { timeline } from "./timeline.ts";

const message = (id: number, role: string, taskId: string | null = null) =>
  ({ id, messageId: `msg_${id}`, role, taskId, localId: null }) as Message;
const keys = (state: Partial<SessionState>) =>
  timeline({ ...emptySession, ...state }).map((entry) => entry.key);
const failed = (afterMessageId: string | null) => ({
  kind: "failed" as const,
  reason: "no model",
  afterMessageId,
});

describe("the timeline of a session", () => {
  it("shows a running answer in the place of its message", () => {
    const run = { ...newRun("task_1"), messageId: "msg_2" };
    const state = {
      ...emptySession,
      messages: [message(1, "user"), message(2, "agent")],
      runs: [run],
    };
    expect(timeline(state)).toMatchObject([{ run: null }, { kind: "message", run }]);
  });

  it("puts what was accepted before the answer and what is being sent after it", () => {
    const outgoing = (localId: string, phase: "accepted" | "sending") => ({
      localId,
      phase,
      content: "",
      attachments: [],
      answerer: {},
      messageId: null,
      error: null,
    });
    expect(
      keys({
        messages: [message(1, "user")],
        runs: [newRun("task_1")],
        outgoing: [outgoing("a", "accepted"), outgoing("b", "sending")],
      }),
    ).toEqual(["msg_1", "a", "task_1", "b"]);
  });

  it("knows a turn again, from what is sent to the message, and from the first word to the last", () => {
    const sent = {
      localId: "loc_1",
      content: "hi",
      attachments: [],
      answerer: {},
      messageId: "msg_1",
      error: null,
    };
    const running = { ...newRun("task_1"), messageId: "msg_2" };
    const question = { ...message(1, "user"), localId: "loc_1" };
    const answer = message(2, "agent", "task_1");
    const stages: Partial<SessionState>[] = [
      { outgoing: [{ ...sent, phase: "accepted" }], runs: [newRun("task_1")] },
      { messages: [question], runs: [running] },
      { messages: [question, answer], runs: [running] },
      { messages: [question, answer] },
    ];
    for (const stage of stages) expect(keys(stage)).toEqual(["loc_1", "task_1"]);
  });

  it("tells turns apart also when two clients chose the same id", () => {
    const twice = { ...message(1, "user"), localId: "loc_1" };
    expect(keys({ messages: [twice, { ...twice, id: 2, messageId: "msg_2" }] })).toEqual([
      "loc_1",
      "msg_2",
    ]);
  });

  it("tells of a failure after the reply, or after the request when there is no reply", () => {
    const messages = [message(1, "user"), message(2, "agent", "task_1"), message(3, "user")];
    expect(keys({ messages, outcomes: { task_1: failed("msg_1") } })).toEqual([
      "msg_1",
      "task_1",
      "notice-task_1",
      "msg_3",
    ]);
    expect(keys({ messages, outcomes: { task_9: failed("msg_1") } })[1]).toBe("notice-task_9");
  });

  it("tells of a failure only where its message is shown: not before it is loaded, and not on another branch", () => {
    const state = { messages: [message(9, "user")], outcomes: { task_1: failed("msg_1") } };
    expect(keys({ ...state, hasOlder: true })).toEqual(["msg_9"]);
    expect(keys({ ...state, hasOlder: false })).toEqual(["msg_9"]);
    const loaded = { ...state, messages: [message(1, "user"), ...state.messages] };
    expect(keys(loaded)).toEqual(["msg_1", "notice-task_1", "msg_9"]);
  });
});
