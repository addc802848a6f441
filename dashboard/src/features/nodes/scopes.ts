/** The scopes of nodes, and the commands that each scope allows. */
import { NODE_COMMANDS } from "../../api/node-commands.ts";
import type { NodeCommandName, NodeScope } from "../../api/types.ts";
import { highestRisk, type RiskLevel } from "../../ui/risk.tsx";
import { nodes as t } from "../../messages/en/nodes.ts";

/** The scope that includes all the others. */
const EVERYTHING = "node.command";

/** The scopes, each with its description: a missing or unknown one does not compile. */
const descriptions = (): Record<
  (typeof NODE_COMMANDS)[NodeCommandName]["scope"] | typeof EVERYTHING,
  string
> => t.scope;

/** The description of a scope; empty if the catalogue does not know it. */
export function scopeText(name: NodeScope): string {
  const texts: Partial<Record<string, string>> = descriptions();
  return texts[name] ?? "";
}

export interface Scope {
  name: NodeScope;
  risk: RiskLevel;
}

const NAMES = Object.keys(NODE_COMMANDS) as NodeCommandName[];

/** The commands that a node with these scopes may be sent. */
export function commandsOf(scopes: readonly NodeScope[]): NodeCommandName[] {
  if (scopes.includes(EVERYTHING)) return NAMES;
  return NAMES.filter((name) => scopes.includes(NODE_COMMANDS[name].scope));
}

/** The scopes, least dangerous first. */
export const SCOPES: Scope[] = (Object.keys(descriptions()) as NodeScope[]).map((name) => ({
  name,
  risk: highestRisk(commandsOf([name]).map((command) => NODE_COMMANDS[command].risk)),
}));

/** The scopes with one added or removed, in the order of the catalogue; unknown scopes stay. */
export function toggledScope(scopes: readonly NodeScope[], name: NodeScope): NodeScope[] {
  const next = scopes.includes(name) ? scopes.filter((other) => other !== name) : [...scopes, name];
  const place = (scope: NodeScope) => SCOPES.findIndex((known) => known.name === scope);
  return next.sort((a, b) => place(a) - place(b));
}
