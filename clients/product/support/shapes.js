// The payloads of the hubs' events, as the protocol page names their fields. Others may be added to them.
import assert from "node:assert/strict";

const text = (value) => typeof value === "string";
const filled = (value) => text(value) && value !== "";
const count = (value) => Number.isInteger(value) && value >= 0;
const flag = (value) => typeof value === "boolean";
const time = (value) => text(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
const thing = (value) => typeof value === "object" && value !== null;
const one = (...choices) => (value) => choices.includes(value);
const optional = (is) => (value) => value === null || value === undefined || is(value);

export const SHAPES = {
  TaskQueued: { taskId: filled, sessionId: filled },
  TaskStarted: { taskId: filled, startedAt: time },
  AgentStatus: {
    taskId: filled,
    status: one("thinking", "writing", "calling_tool", "waiting_approval", "resuming"),
    detail: optional(text),
  },
  StreamChunk: { taskId: filled, delta: text, isFinal: flag },
  ToolCallStarted: { taskId: filled, toolName: filled, argsHash: filled },
  ToolCallCompleted: { taskId: filled, toolName: filled, durationMs: count, ok: flag },
  ReceiveMessage: {
    messageId: filled,
    sessionId: filled,
    role: one("user", "agent", "system"),
    content: text,
    toolCalls: optional(Array.isArray),
  },
  TaskCompleted: { taskId: filled, durationMs: count, tokensUsed: count },
  TaskFailed: { taskId: filled, error: filled },
  TaskCancelled: { taskId: filled, cancelledBy: filled },
  ApprovalRequested: {
    id: filled,
    toolName: filled,
    riskLevel: one("none", "low", "medium", "high", "critical"),
    params: (value) => typeof value === "object" && value !== null,
    editable: flag,
    sessionId: filled,
    taskId: filled,
    agentId: filled,
    requestedAt: time,
    expiresAt: time,
    status: one("pending"),
  },
  ApprovalResolved: {
    id: filled,
    outcome: one("approved", "rejected", "edited", "timeOut", "cancelled"),
    outcomeDetail: optional(text),
  },
  InfoRequested: { id: filled, question: filled, choices: Array.isArray, expiresAt: time, status: one("pending") },
  InfoResolved: { id: filled, response: optional(text) },
  NodeHeartbeat: { nodeId: filled, uptime: optional(count) },
  SystemAnnouncement: { title: filled, body: filled, severity: one("info", "warning", "critical") },
  SessionUpdated: { sessionId: filled, title: text, updatedAt: time },
  DiscussionStarted: { runId: filled, topic: filled, panelists: Array.isArray, judge: thing },
  RoundStarted: { runId: filled, roundNumber: count },
  TurnStarted: { runId: filled, panelistId: filled, roundNumber: count },
  TurnCompleted: { runId: filled, panelistId: filled, contentHash: filled, durationMs: count },
  JudgeStarted: { runId: filled },
  Verdict: { runId: filled, verdict: thing },
  DiscussionCompleted: { runId: filled, verdictHash: filled, durationMs: count },
  DiscussionFailed: { runId: filled, error: filled },
  DiscussionCancelled: { runId: filled, cancelledBy: filled },
};

/** Fails unless each event has one argument with every field that the page names. */
export function assertShapes(events) {
  for (const { name, data, others } of events) {
    assert.deepEqual(others, [], `${name} has one argument`);
    for (const [field, is] of Object.entries(SHAPES[name])) {
      assert.ok(is(data[field]), `${name}.${field} is ${JSON.stringify(data[field])}`);
    }
  }
}
