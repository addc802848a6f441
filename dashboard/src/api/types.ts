/** Short names for the types of the generated schema. */
import type { components } from "./schema.ts";

type Schemas = components["schemas"];

export type AuthConfig = Schemas["AuthConfig"];
export type Bootstrap = Schemas["Bootstrap"];
export type User = Schemas["User"];
export type AgentTools = Schemas["AgentTools"];
export type Agent = Schemas["Agent"];
export type AgentFile = Schemas["AgentFileContent"];
export type Session = Schemas["Session"];
export type FoundMessage = Schemas["FoundMessage"];
export type ListedSession = Schemas["ListedSession"];
export type SessionMarks = Schemas["SessionMarks"];
export type SessionBranch = Schemas["SessionBranch"];
export type SessionTag = Schemas["SessionTag"];
export type SessionPage = Schemas["List_ListedSession"];
export type Message = Schemas["Message"];
export type ToolCall = Schemas["ToolCall"];
export type Task = Schemas["Task"];
export type TaskPage = Schemas["List_Task"];
export type TaskDetail = Schemas["TaskDetail"];
export type ApiToken = Schemas["ApiToken"];
export type AuditEntry = Schemas["AuditEntry"];
export type AuthSession = Schemas["AuthSession"];
export type Model = Schemas["Model"];
export type ModelProvider = Schemas["ModelProvider"];
export type ModelProviderDraft = Schemas["ModelProviderDraft"];
export type ModelProviderPatch = Schemas["ModelProviderPatch"];
export type NewModelProvider = Schemas["NewModelProvider"];
export type ProviderModel = Schemas["ProviderModel"];
export type ProviderPreset = Schemas["ProviderPreset"];
export type ProviderTest = Schemas["ProviderTest"];
export type CatalogModel = Schemas["CatalogModel"];
export type ToolInfo = Schemas["ToolInfo"];

export type SignedIn = Schemas["SignedIn"];
export type SecondFactorChallenge = Schemas["SecondFactorChallenge"];
export type SecondFactorState = Schemas["SecondFactor"];
export type BegunSecondFactor = Schemas["BegunSecondFactor"];
export type Accepted = Schemas["Accepted"];
/** A file that goes with a message. */
export type Attachment = Message["attachments"][number];
export type AttachmentLimits = Schemas["AttachmentLimits"];
export type ErrorBody = Schemas["ErrorBody"];

export type ApprovalRequest = Schemas["ApprovalRequest"];
export type InfoRequest = Schemas["InfoRequest"];
export type Node = Schemas["Node"];
export type NodeScope = Schemas["NodeScope"];
export type NodeCommandName = Schemas["NodeCommandName"];
export type NodeCommand = Schemas["NodeCommand"];
export type RegisteredNode = Schemas["RegisteredNode"];
export type UserAccount = Schemas["UserAccount"];
export type Role = Schemas["Role"];
export type ManagedTenant = Schemas["ManagedTenant"];
export type TenantPatch = Schemas["TenantPatch"];
export type Job = Schemas["Job"];
export type JobCounts = Schemas["JobCounts"];
export type Announcement = Schemas["Announcement"];
export type Permission = Schemas["Permission"];
export type Discussion = Schemas["Discussion"];
export type DiscussionRun = Schemas["DiscussionRun"];
export type DiscussionRunDetail = Schemas["DiscussionRunDetail"];
export type DiscussionTurn = Schemas["DiscussionTurn"];
export type DiscussionVerdict = Schemas["DiscussionVerdict"];
export type Panelist = Schemas["Panelist"];
export type PanelistInput = Schemas["NewPanelist"];
