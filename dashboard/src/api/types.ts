/** The one place where the generated schema gets its short names. */
import type { components, paths } from "./schema.ts";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type Agent = Schemas["Agent"];
export type Session = Schemas["Session"];
export type Message = Schemas["Message"];
export type ToolCall = Schemas["ToolCall"];
export type Task = Schemas["Task"];
export type ApiToken = Schemas["ApiToken"];
export type AuthSession = Schemas["AuthSession"];
export type ToolInfo = Schemas["ToolInfo"];
export type Model = Schemas["Model"];
export type AgentFile = Schemas["AgentFile"];

type JsonBody<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
type Reply<Operation, Code extends number> = Operation extends { responses: infer Responses }
  ? Code extends keyof Responses
    ? JsonBody<Responses[Code]>
    : never
  : never;

export type SignedIn = Reply<paths["/api/auth/login"]["post"], 200>;
export type Accepted = Reply<paths["/api/chat"]["post"], 202>;
export type ErrorBody = Schemas["ErrorBody"];
