/**
 * Routes that the OpenAPI document does not have yet, in the shape in which `npm run generate` writes them.
 * When it has them, this file goes: `types.ts` takes the names from the schema, `client.ts` the paths.
 */
import type { ErrorBody } from "./types.ts";

interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
  hasMore: boolean;
}

interface Paging {
  cursor?: string;
  limit?: number;
}

export interface Panelist {
  id: string;
  name: string;
  agentId?: string | null;
  persona?: string | null;
  model?: string | null;
}

export type PanelistInput =
  { name?: string; agentId: string } | { name: string; persona: string; model?: string };

export interface DiscussionInput {
  topic: string;
  panelists: PanelistInput[];
  judge?: PanelistInput;
  rounds?: number;
  roundTimeoutSeconds?: number;
}

export interface Discussion {
  id: string;
  topic: string;
  panelists: Panelist[];
  judge: Panelist;
  rounds: number;
  roundTimeoutSeconds: number;
  createdAt: string;
  updatedAt: string;
}

export interface DiscussionVerdict {
  recommendation: string;
  reasoning: string;
  /** 0 to 1. */
  confidence: number;
  keyPoints: string[];
  dissent: string[];
}

export interface DiscussionTurn {
  panelistId: string;
  round: number;
  taskId: string;
  status: "running" | "completed" | "failed" | "timeOut" | "cancelled";
  content: string;
  contentHash: string;
  error: string | null;
  durationMs: number;
  startedAt: string;
  endedAt: string | null;
}

export interface DiscussionRun {
  id: string;
  discussionId: string | null;
  taskId: string;
  topic: string;
  panelists: Panelist[];
  judge: Panelist;
  rounds: number;
  roundTimeoutSeconds: number;
  status: "queued" | "running" | "judging" | "completed" | "failed" | "cancelled";
  /** Only where one run is asked for. */
  turns?: DiscussionTurn[];
  verdict: DiscussionVerdict | null;
  verdictHash: string | null;
  error: string | null;
  cancelledBy: string | null;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  durationMs: number;
}

interface Json<Body> {
  content: { "application/json": Body };
}

interface Operation<Answer, Path, Query> {
  parameters: [Path] extends [never]
    ? { path?: never; query?: Query }
    : { path: Path; query?: Query };
  requestBody?: never;
  responses: { 200: Json<Answer>; default: Json<ErrorBody> };
}

type None = never;
type Get<Answer, Path = None, Query = None> = Operation<Answer, Path, Query>;
type Send<Answer, Body, Path = None> = Omit<Operation<Answer, Path, None>, "requestBody"> & {
  requestBody: Json<Body>;
};
type Act<Answer, Path> = Operation<Answer, Path, None>;
interface ById {
  id: string;
}
interface ByRunId {
  runId: string;
}

export interface PendingPaths {
  "/api/discussions": {
    get: Get<Page<Discussion>, None, Paging>;
    post: Send<Discussion, DiscussionInput>;
  };
  "/api/discussions/{id}": {
    get: Get<Discussion, ById>;
    delete: Act<undefined, ById>;
  };
  "/api/discussions/{id}/runs": {
    get: Get<Page<DiscussionRun>, ById, Paging>;
    post: Act<DiscussionRun, ById>;
  };
  "/api/discussions/runs/{runId}": { get: Get<DiscussionRun, ByRunId> };
  "/api/discussions/runs/{runId}/cancel": { post: Act<DiscussionRun, ByRunId> };
}
