/** What somebody is writing at the caret that the composer has suggestions for. */

export interface Trigger {
  /** `/` names a prompt, `@` an agent. */
  kind: "prompt" | "agent";
  /** What was typed after the sign, in lower case. */
  query: string;
  /** The part of the text that a choice replaces. */
  start: number;
  end: number;
}

const PROMPT = /^\/([\p{L}\p{N}_-]{0,40})$/u;
const AGENT = /(?:^|\s)@([\p{L}\p{N}_-]{0,40})$/u;
const IN_WORD = /^[\p{L}\p{N}_-]/u;

/** A prompt is named on a line of its own, an agent anywhere at the start of a word. */
export function triggerAt(text: string, caret: number): Trigger | null {
  const before = text.slice(0, caret);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const [rest = ""] = text.slice(caret).split("\n", 1);
  const prompt = rest.trim() === "" ? PROMPT.exec(line)?.[1] : undefined;
  if (prompt !== undefined) return trigger("prompt", prompt, caret);
  const agent = IN_WORD.test(rest) ? undefined : AGENT.exec(line)?.[1];
  return agent === undefined ? null : trigger("agent", agent, caret);
}

function trigger(kind: Trigger["kind"], typed: string, end: number): Trigger {
  return { kind, query: typed.toLowerCase(), start: end - typed.length - 1, end };
}
