import { describe, expect, it } from "vitest";
import type { Message, Task } from "../../api/types.ts";
import type { ChatEvent } from "../../live/events.ts";
import { reduceSession, type Action } from "./session-reducer.ts";
import { activeRun, catchUpFrom, emptySession, type SessionState } from "./session-state.ts";

function message(id: number, over: Partial<Message> = {}): Message {
  return {
    id,
    messageId: `msg_${id}`,
    sessionId: "ses_1",
    role: "user",
    content: `text ${id}`,
    status: "sent",
    userId: null,
    agentId: null,
    taskId: null,
    localId: null,
    replyTo: null,
    usage: null,
    finishReason: null,
    attachments: [],
    toolCalls: [],
    msgType: "chat",
    branch: 0,
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...over,
  };
}

function task(over: Partial<Task>): Task {
  return { id: "task_1", sessionId: "ses_1", status: "running", ...over } as Task;
}

const ids = { taskId: "task_1", sessionId: "ses_1" };
const event = (name: string, data: object = {}): Action => ({
  type: "events",
  events: [{ name, data: { ...ids, ...data } } as ChatEvent],
});
const received = (data: Message): Action => ({
  type: "events",
  events: [{ name: "ReceiveMessage", data: { ...data, authorAgentId: data.agentId } }],
});
const chunk = (delta: string, offset = 0) =>
  event("StreamChunk", { messageId: "msg_2", delta, isFinal: false, offset });
const synced = (messages: Message[], tasks: Task[] = []): Action => ({
  type: "synced",
  messages,
  tasks,
  newestPage: null,
});
const play = (...actions: Action[]): SessionState => actions.reduce(reduceSession, emptySession);
const answer = message(2, { role: "agent", content: "Hello there", taskId: "task_1" });

describe("a streamed turn", () => {
  it("grows chunk by chunk and is replaced by the final message", () => {
    const streaming = play(event("TaskStarted"), chunk("Hel"), chunk("lo"));
    expect(activeRun(streaming)).toMatchObject({
      text: "Hello",
      activity: "writing",
      messageId: "msg_2",
    });

    const done = play(event("TaskStarted"), chunk("Hel"), received(answer));
    expect(done.runs).toEqual([]);
    expect(done.messages.map((m) => m.content)).toEqual(["Hello there"]);
  });

  it("shows a tool call from its start to its end", () => {
    const tool = { toolCallId: "call_1", toolName: "calculator" };
    const running = play(event("ToolCallStarted", { ...tool, argsHash: "ab" }));
    expect(activeRun(running)?.tools).toMatchObject([{ id: "call_1", status: "running" }]);

    const done = reduceSession(
      running,
      event("ToolCallCompleted", { ...tool, durationMs: 7, ok: true }),
    );
    expect(activeRun(done)?.tools).toMatchObject([
      { argsHash: "ab", status: "completed", durationMs: 7 },
    ]);
  });

  it("drops the text streamed so far when the gateway begins again", () => {
    const again = play(
      chunk("Half an ans"),
      event("AgentStatus", { status: "resuming" }),
      chunk("An"),
    );
    expect(activeRun(again)?.text).toBe("An");
  });

  it("ignores what comes after its end", () => {
    const late = play(event("TaskStarted"), event("TaskCompleted"), chunk("late"));
    expect(late.runs).toEqual([]);
  });
});

describe("a turn that fails or is cancelled", () => {
  it("keeps what was written and remembers the reason", () => {
    const failed = play(
      synced([message(1)]),
      chunk("Half"),
      event("TaskFailed", { error: "no model" }),
    );
    expect(failed.runs).toMatchObject([{ phase: "ended", text: "Half" }]);
    expect(failed.outcomes.task_1).toEqual({
      kind: "failed",
      reason: "no model",
      afterMessageId: "msg_2",
    });
    expect(activeRun(failed)).toBeUndefined();
  });

  it("is told after the request when nothing was written", () => {
    const failed = play(synced([message(1)]), event("TaskCancelled", { cancelledBy: "usr_1" }));
    expect(failed.outcomes.task_1).toMatchObject({ kind: "cancelled", afterMessageId: "msg_1" });
  });

  it("is known after a reload from the ledger", () => {
    const failed = play(
      synced(
        [message(1)],
        [task({ status: "failed", error: "no model", requestMessageId: "msg_1" })],
      ),
    );
    expect(failed.outcomes.task_1).toEqual({
      kind: "failed",
      reason: "no model",
      afterMessageId: "msg_1",
    });
  });
});

describe("the person's own message", () => {
  const sent: Action = {
    type: "sent",
    localId: "loc_1",
    content: "hi",
    attachments: [],
    answerer: {},
  };
  const accepted: Action = {
    type: "accepted",
    localId: "loc_1",
    accepted: { taskId: "task_1", sessionId: "ses_1", messageId: "msg_1" },
  };
  const told = received(message(1, { localId: "loc_1" }));

  it("is shown at once and replaced when the gateway tells it back", () => {
    expect(play(sent).outgoing).toMatchObject([{ content: "hi", phase: "sending" }]);
    expect(play(sent, accepted).outgoing).toMatchObject([
      { phase: "accepted", messageId: "msg_1" },
    ]);
    expect(play(sent, accepted, told).outgoing).toEqual([]);
  });

  it("is never shown twice when the event is quicker than the answer", () => {
    const state = play(sent, told, accepted);
    expect(state.outgoing).toEqual([]);
    expect(state.messages).toHaveLength(1);
    expect(activeRun(state)?.phase).toBe("queued");
  });

  it("can be sent again after a refusal", () => {
    const refused = play(sent, { type: "failed", localId: "loc_1", error: new Error("down") });
    expect(refused.outgoing).toMatchObject([{ phase: "failed" }]);
    expect(reduceSession(refused, sent).outgoing).toMatchObject([{ phase: "sending" }]);
  });
});

describe("catching up", () => {
  it("asks from before the first unfinished message", () => {
    expect(catchUpFrom(emptySession)).toBeNull();
    expect(catchUpFrom(play(received(message(9))))).toBeNull();
    expect(catchUpFrom(play(synced([message(1), message(4)])))).toBe(4);
    const pending = message(7, { role: "agent", status: "pending" });
    expect(catchUpFrom(play(synced([message(1), pending, message(9)])))).toBe(6);
  });

  it("keeps the newer version of a message, whichever comes first", () => {
    const older = message(2, { role: "agent", status: "pending", content: "Hel" });
    const newer = {
      ...older,
      status: "sent" as const,
      content: "Hello",
      updatedAt: "2026-01-01T00:00:01.000Z",
    };
    expect(play(synced([newer]), synced([older])).messages).toEqual([newer]);
    expect(play(synced([older]), synced([newer])).messages).toEqual([newer]);
  });

  it("continues a running answer without losing or repeating text", () => {
    const pending = [
      { taskId: "task_1", messageId: "msg_2", content: "One two three", offset: 13 },
    ];
    const checkpoint = message(2, {
      role: "agent",
      status: "pending",
      content: "One",
      taskId: "task_1",
    });
    const state = play(
      chunk("One ", 0),
      { type: "joining" },
      chunk("three", 8),
      chunk(" four", 13),
      { type: "joined", joined: { sessionId: "ses_1", seq: 1, complete: true, pending } },
      synced([message(1), checkpoint], [task({})]),
      chunk(" five", 18),
    );
    expect(activeRun(state)?.text).toBe("One two three four five");
  });

  it("shows what the history has of a running answer while there is no connection", () => {
    const checkpoint = message(2, {
      role: "agent",
      status: "pending",
      content: "One",
      taskId: "task_1",
    });
    expect(activeRun(play(synced([checkpoint], [task({})])))?.text).toBe("One");
  });

  it("ends a turn that ended while the connection was down", () => {
    const state = play(
      chunk("Hel"),
      { type: "joining" },
      synced([message(1), answer], [task({ status: "completed" })]),
    );
    expect(state.runs).toEqual([]);
    expect(state.messages).toHaveLength(2);
  });

  it("does not revive a turn that ended while the ledger was read", () => {
    const state = play(event("TaskStarted"), event("TaskCompleted"), synced([], [task({})]));
    expect(state.runs).toEqual([]);
  });

  it("keeps what events told while the first page was read", () => {
    const opened = message(2, { role: "agent", status: "pending", content: "", taskId: "task_1" });
    const finished = { ...answer, updatedAt: "2026-01-01T00:00:01.000Z" };
    const state = play(received(finished), {
      type: "synced",
      messages: [message(1), opened],
      tasks: [],
      newestPage: { hasOlder: false },
    });
    expect(state.messages.map((m) => m.content)).toEqual(["text 1", "Hello there"]);
  });

  it("starts over from the newest page when too much was missed", () => {
    const state = play(synced([message(1)]), {
      type: "synced",
      messages: [message(900)],
      tasks: [],
      newestPage: { hasOlder: true },
    });
    expect(state.messages.map((m) => m.id)).toEqual([900]);
    expect(state.hasOlder).toBe(true);
  });
});
