/** Typed calls to the gateway: `call(api.GET("/api/sessions"))` gives the body or throws an `ApiError`. */
import createClient from "openapi-fetch";
import { basePath } from "./base-path.ts";
import { credentials } from "./credentials.ts";
import type { paths } from "./schema.ts";
import { TENANT_HEADER, tenant } from "./tenant.ts";
import type { ErrorBody } from "./types.ts";
import { common } from "../messages/en/common.ts";

/** An error response of the gateway, or `code: "unreachable"` if there was no response at all. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly status: number,
    readonly requestId: string | null,
    /** Facts about the error, such as the `outcome` of an earlier answer. */
    readonly details: unknown = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

function withTenant(request: Request): Request {
  const slug = tenant.read();
  if (slug !== null) request.headers.set(TENANT_HEADER, slug);
  return request;
}

function withToken(request: Request, token: string): Request {
  const signed = request.clone();
  signed.headers.set("authorization", `Bearer ${token}`);
  return signed;
}

/** Adds tenant and access token. A rejected token is renewed, and the request is sent once more. */
async function signedFetch(unsigned: Request): Promise<Response> {
  const request = withTenant(unsigned);
  const token = credentials.read()?.accessToken;
  if (token === undefined) return fetch(request);
  const response = await fetch(withToken(request, token));
  if (response.status !== 401) return response;
  const renewed = await credentials.renew(token);
  return renewed === null ? response : fetch(withToken(request, renewed));
}

export const api = createClient<paths>({ baseUrl: basePath, fetch: signedFetch });

function errorOf(body: unknown, response: Response): ApiError {
  const error = (body as Partial<ErrorBody> | undefined)?.error;
  return new ApiError(
    error?.message ?? common.badStatus(response.status),
    error?.code ?? "unknown",
    response.status,
    error?.requestId ?? response.headers.get("x-sophon-request-id"),
    error?.details ?? null,
  );
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

export async function call<T>(pending: Promise<Answer<T>>): Promise<NonNullable<T>> {
  return (await callVersioned(pending)).body;
}

/** Something as it was read, with the tag that a change of just this version names in `If-Match`. */
export interface Versioned<T> {
  body: T;
  tag: string;
}

export async function callVersioned<T>(
  pending: Promise<Answer<T>>,
): Promise<Versioned<NonNullable<T>>> {
  const answer = await pending.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(common.unreachable, "unreachable", 0, null);
  });
  if (!answer.response.ok) throw errorOf(answer.error, answer.response);
  const tag = answer.response.headers.get("etag") ?? "";
  return { body: answer.data as NonNullable<T>, tag };
}

/** Any JSON object, in the type that the schema gives to objects of unknown fields. */
export function anyObject(fields: Record<string, unknown>): Record<string, never> {
  return fields as Record<string, never>;
}

/** Whether there is no such thing, or none that the user may see. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Whether the same request may succeed later: no response, too many requests, or a fault of the server. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  return error.status === 0 || error.status === 429 || error.status >= 500;
}

/** Whether somebody else changed what was to be changed. */
export function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof ApiError && error.code === "precondition_failed";
}

/** What to show for any thrown value. */
export function describe(error: unknown): { message: string; requestId: string | null } {
  if (error instanceof ApiError) return { message: error.message, requestId: error.requestId };
  return { message: error instanceof Error ? error.message : String(error), requestId: null };
}
