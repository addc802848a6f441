/** The events of the hubs, as the gateway sends them: one object each. Their shapes are generated. */
import type { HubEvents as AllHubEvents } from "../api/hubs.ts";
import type { components } from "../api/schema.ts";

/** The events of each hub for people, by the hub's name in its path. */
export type HubEvents = Omit<AllHubEvents, "node">;

export type ChatEvents = HubEvents["chat"];
export type TaskEvents = HubEvents["tasks"];
export type ApprovalEvents = HubEvents["approvals"];
export type DiscussionEvents = HubEvents["discussion"];
export type NotificationEvents = HubEvents["notifications"];

export type Activity = components["schemas"]["Activity"];
/** The answer to `JoinSession`: the texts being written. Chunks that are not in them begin at `offset` or later. */
export type Joined = components["schemas"]["Joined"];

/** `{name, data}` pairs, so that one `switch` handles all events with the right types. */
export type EventOf<Events> = {
  [Name in keyof Events]: { name: Name; data: Events[Name] };
}[keyof Events];
export type ChatEvent = EventOf<ChatEvents>;
export type TaskEvent = EventOf<TaskEvents>;
export type ApprovalEvent = EventOf<ApprovalEvents>;
export type DiscussionEvent = EventOf<DiscussionEvents>;
export type NotificationEvent = EventOf<NotificationEvents>;

export const TASK_EVENTS = [
  "TaskQueued",
  "TaskStarted",
  "TaskCompleted",
  "TaskFailed",
  "TaskCancelled",
] as const satisfies (keyof TaskEvents)[];
