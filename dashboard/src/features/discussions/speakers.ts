/** The participants of a new discussion, as the form holds them. */
import type { PanelistInput } from "../../api/types.ts";
import { discussions as t } from "../../messages/en/discussions.ts";

export interface SpeakerDraft {
  key: number;
  /** An agent's id, or `PERSONA`. */
  agentId: string;
  name: string;
  persona: string;
}

export const PERSONA = "persona";

/** How many panelists a discussion has. */
export const MIN_PANELISTS = 2;
export const MAX_PANELISTS = 5;

export function speakerOf({ agentId, name, persona }: SpeakerDraft): PanelistInput {
  if (agentId === PERSONA) return { name: name.trim(), persona: persona.trim() };
  return { agentId };
}

/** Why the discussion cannot be created, or null. */
export function problemOf(panelists: readonly SpeakerDraft[]): string | null {
  const agents = panelists.filter(({ agentId }) => agentId !== PERSONA).map((p) => p.agentId);
  if (new Set(agents).size < agents.length) return t.duplicateAgent;
  const names = panelists.filter(({ agentId }) => agentId === PERSONA).map((p) => p.name.trim());
  if (new Set(names).size < names.length) return t.duplicateName;
  return null;
}
