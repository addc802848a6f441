/** Made by `npm run generate` from openapi.json. Do not edit. */
import type { components } from "./schema.ts";

type Schemas = components["schemas"];

/** What each hub sends: by an event's name, its payload. */
export interface HubEvents {
  /** What agents want to do and to know, and the answers. */
  approvals: {
    /** An agent wants to act. */
    ApprovalRequested: Schemas["ApprovalRequested"];
    /** It was decided, or ran out. */
    ApprovalResolved: Schemas["ApprovalResolved"];
    /** An agent has a question. */
    InfoRequested: Schemas["InfoRequested"];
    /** It was answered, or ran out. */
    InfoResolved: Schemas["InfoResolved"];
  };
  /** Sending, and following sessions. */
  chat: {
    /** What it is doing. */
    AgentStatus: Schemas["AgentStatus"];
    /** A whole message. */
    ReceiveMessage: Schemas["ReceiveMessage"];
    /** The user marked a session, on whichever connection. */
    SessionMarked: Schemas["SessionMarked"];
    /** A session was made, changed or deleted. */
    SessionUpdated: Schemas["SessionUpdated"];
    /** A piece of text. */
    StreamChunk: Schemas["StreamChunk"];
    /** A task was ended by someone. */
    TaskCancelled: Schemas["TaskCancelled"];
    /** A task is done. */
    TaskCompleted: Schemas["TaskCompleted"];
    /** A task ended with an error. */
    TaskFailed: Schemas["TaskFailed"];
    /** A task was accepted. */
    TaskQueued: Schemas["TaskQueued"];
    /** A worker took it up for the first time. */
    TaskStarted: Schemas["TaskStarted"];
    /** A tool returned. */
    ToolCallCompleted: Schemas["ToolCallCompleted"];
    /** A tool began to work. */
    ToolCallStarted: Schemas["ToolCallStarted"];
  };
  /** Following runs of discussions. */
  discussion: {
    /** A run was ended by somebody. */
    DiscussionCancelled: Schemas["DiscussionCancelled"];
    /** A run ended with a verdict. */
    DiscussionCompleted: Schemas["DiscussionCompleted"];
    /** A run ended with an error. */
    DiscussionFailed: Schemas["DiscussionFailed"];
    /** A run began. */
    DiscussionStarted: Schemas["DiscussionStarted"];
    /** All have spoken; the judge thinks. */
    JudgeStarted: Schemas["JudgeStarted"];
    /** A round began. */
    RoundStarted: Schemas["RoundStarted"];
    /** A panelist has spoken, or will not. */
    TurnCompleted: Schemas["TurnCompleted"];
    /** A panelist began to think. */
    TurnStarted: Schemas["TurnStarted"];
    /** The judge has decided. */
    Verdict: Schemas["DiscussionDecided"];
  };
  /** For nodes, with their tokens: what they are to do, and what became of it. */
  node: {
    /** The node is to do something, and to answer or report what became of it. */
    ExecuteCommand: Schemas["ExecuteCommand"];
    /** The scopes of the node have changed. */
    RefreshScopes: Schemas["RefreshScopes"];
    /** The node was deleted: its token is void. */
    RevokeAccess: Schemas["RevokeAccess"];
  };
  /** Announcements, and what becomes of nodes. */
  notifications: {
    /** A node was registered, decided on, paired, renamed or given other scopes. To those who subscribed to it. */
    NodeChanged: Schemas["NodeChanged"];
    /** A command was sent, taken or ended. To those who subscribed to its node. */
    NodeCommand: Schemas["NodeCommandChanged"];
    /** A node said how it is. To those who subscribed to it. */
    NodeHeartbeat: Schemas["NodeHeard"];
    /** A node has not been heard of for too long. */
    NodeOffline: Schemas["NodePresence"];
    /** A node was heard of after a silence. */
    NodeOnline: Schemas["NodePresence"];
    /** A node was deleted. */
    NodeRemoved: Schemas["NodePresence"];
    /** An administrator announced something. */
    SystemAnnouncement: Schemas["SystemAnnouncement"];
  };
  /** The ledger of one's work, or single tasks. */
  tasks: {
    /** It was ended by someone. */
    TaskCancelled: Schemas["TaskCancelled"];
    /** It is done. */
    TaskCompleted: Schemas["TaskCompleted"];
    /** It ended with an error. */
    TaskFailed: Schemas["TaskFailed"];
    /** A task was accepted. */
    TaskQueued: Schemas["TaskQueued"];
    /** A worker took it up for the first time. */
    TaskStarted: Schemas["TaskStarted"];
  };
}

/** What clients may call: by a method's name, its argument and its result. */
export interface HubMethods {
  /** What agents want to do and to know, and the answers. */
  approvals: {
    /** Approve an action */
    Approve: { argument: Schemas["ApprovalRef"]; result: null };
    /** Approve an action with other arguments */
    Edit: { argument: Schemas["EditApproval"]; result: null };
    /** Refuse an action */
    Reject: { argument: Schemas["RejectApproval"]; result: null };
    /** Answer a question */
    RespondInfo: { argument: Schemas["RespondInfo"]; result: null };
  };
  /** Sending, and following sessions. */
  chat: {
    /** Cancel a task */
    CancelTask: { argument: Schemas["TaskRef"]; result: null };
    /** Follow a session, from now on or from `since` */
    JoinSession: { argument: Schemas["SessionRef"]; result: Schemas["Joined"] };
    /** Follow a session no longer */
    LeaveSession: { argument: Schemas["SessionRef"]; result: null };
    /** Send a message, and join its session */
    SendMessage: { argument: Schemas["SendMessage"]; result: Schemas["Accepted"] };
  };
  /** Following runs of discussions. */
  discussion: {
    /** Cancel a run */
    CancelRun: { argument: Schemas["RunRef"]; result: null };
    /** Follow a run, from now on or from `since` */
    Subscribe: { argument: Schemas["RunRef"]; result: Schemas["Subscribed"] };
    /** Follow a run no longer */
    Unsubscribe: { argument: Schemas["RunRef"]; result: null };
  };
  /** For nodes, with their tokens: what they are to do, and what became of it. */
  node: {
    /** Report what became of a command */
    CommandResult: { argument: Schemas["ReportResult"]; result: null };
    /** Say that the node is there, and how it is */
    Heartbeat: { argument: Schemas["NodeHeartbeat"]; result: null };
    /** Confirm that the node knows its scopes */
    ScopeChanged: { argument: Schemas["ScopeChanged"]; result: null };
  };
  /** Announcements, and what becomes of nodes. */
  notifications: {
    /** Follow a node closely */
    Subscribe: { argument: Schemas["NodeRef"]; result: null };
    /** Follow it closely no longer */
    Unsubscribe: { argument: Schemas["NodeRef"]; result: null };
  };
  /** The ledger of one's work, or single tasks. */
  tasks: {
    /** Follow it, or them, no longer */
    Unwatch: { argument: Schemas["TaskRef"]; result: null };
    /** Follow a task; without an argument, all of one's tasks */
    Watch: { argument: Schemas["TaskRef"]; result: null };
  };
}
