/** The scopes of nodes, and the commands that each scope allows. */
import type { NodeCommandName, NodeCommands, NodeScope } from "../../api/types.ts";
import { highestRisk, type RiskLevel } from "../../ui/risk.tsx";
import { nodes as t } from "../../messages/en/nodes.ts";

/** The gateway's catalogue. Its type is generated, so a difference from the gateway does not compile. */
const COMMANDS: NodeCommands = {
  "system.info": { scope: "system.info", risk: "none" },
  "system.processes": { scope: "system.info", risk: "none" },
  "notify.show": { scope: "notify.send", risk: "none" },
  "clipboard.read": { scope: "clipboard.access", risk: "medium" },
  "clipboard.write": { scope: "clipboard.access", risk: "medium" },
  "screen.capture": { scope: "screen.capture", risk: "medium" },
  "screen.region": { scope: "screen.capture", risk: "medium" },
  "screen.monitors": { scope: "screen.capture", risk: "medium" },
  "screen.queryElements": { scope: "screen.capture", risk: "medium" },
  "window.list": { scope: "window.manage", risk: "low" },
  "window.move": { scope: "window.manage", risk: "low" },
  "window.minimize": { scope: "window.manage", risk: "low" },
  "window.maximize": { scope: "window.manage", risk: "low" },
  "app.list": { scope: "app.manage", risk: "medium" },
  "app.launch": { scope: "app.manage", risk: "medium" },
  "app.close": { scope: "app.manage", risk: "medium" },
  "app.focus": { scope: "app.manage", risk: "medium" },
  "input.mouse.move": { scope: "input.control", risk: "medium" },
  "input.mouse.click": { scope: "input.control", risk: "medium" },
  "input.mouse.scroll": { scope: "input.control", risk: "medium" },
  "input.keyboard.type": { scope: "input.control", risk: "medium" },
  "input.keyboard.press": { scope: "input.control", risk: "medium" },
  "input.keyboard.hotkey": { scope: "input.control", risk: "medium" },
  "canvas.present": { scope: "canvas.control", risk: "medium" },
  "system.execute": { scope: "system.execute", risk: "critical" },
};

/** The scope that includes all the others. */
const EVERYTHING = "node.command";

/** The scopes, each with its description: a missing or unknown one does not compile. */
const descriptions = (): Record<
  NodeCommands[NodeCommandName]["scope"] | typeof EVERYTHING,
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

const NAMES = Object.keys(COMMANDS) as NodeCommandName[];

/** The commands that a node with these scopes may be sent. */
export function commandsOf(scopes: readonly NodeScope[]): NodeCommandName[] {
  if (scopes.includes(EVERYTHING)) return NAMES;
  return NAMES.filter((name) => scopes.includes(COMMANDS[name].scope));
}

/** The scopes, least dangerous first. */
export const SCOPES: Scope[] = (Object.keys(descriptions()) as NodeScope[]).map((name) => ({
  name,
  risk: highestRisk(commandsOf([name]).map((command) => COMMANDS[command].risk)),
}));

/** The scopes with one added or removed, in the order of the catalogue; unknown scopes stay. */
export function toggledScope(scopes: readonly NodeScope[], name: NodeScope): NodeScope[] {
  const next = scopes.includes(name) ? scopes.filter((other) => other !== name) : [...scopes, name];
  const place = (scope: NodeScope) => SCOPES.findIndex((known) => known.name === scope);
  return next.sort((a, b) => place(a) - place(b));
}
