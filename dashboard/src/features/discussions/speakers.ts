/** Who speaks in a new discussion, as the form holds it. */
import type { PanelistInput } from "../../api/types.ts";

export interface SpeakerDraft {
  key: number;
  /** An agent's id, or `PERSONA` for somebody made up. */
  agentId: string;
  name: string;
  persona: string;
}

export const PERSONA = "persona";

/** A discussion has this many panelists. */
export const FEWEST = 2;
export const MOST = 5;

export function speakerOf({ agentId, name, persona }: SpeakerDraft): PanelistInput {
  if (agentId === PERSONA) return { name: name.trim(), persona: persona.trim() };
  return { agentId };
}

/** Why the discussion cannot be made, or null. */
export function problemOf(panelists: readonly SpeakerDraft[]): string | null {
  const agents = panelists.filter(({ agentId }) => agentId !== PERSONA).map((p) => p.agentId);
  if (new Set(agents).size < agents.length) return "An agent can be on the panel only once.";
  const names = panelists.filter(({ agentId }) => agentId === PERSONA).map((p) => p.name.trim());
  if (new Set(names).size < names.length) return "Two personas need two names.";
  return null;
}
