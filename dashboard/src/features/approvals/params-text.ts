/** The arguments of an action as a person edits them. */
export type ParsedParams =
  { ok: true; params: Record<string, unknown> } | { ok: false; why: string };

export function parseParams(text: string): ParsedParams {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, why: `This is not JSON: ${(error as Error).message}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, why: "Arguments are an object: they begin with { and end with }." };
  }
  return { ok: true, params: value as Record<string, unknown> };
}
