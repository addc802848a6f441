/** What a node can be allowed to do, in words, and the commands that each scope opens. */
import type { NodeCommandName, NodeCommands, NodeScope } from "../../api/types.ts";
import { worstOf, type RiskLevel } from "../../ui/risk.tsx";

/** The gateway's catalogue. Its type is generated: what is missing, too much or other than there does not compile. */
const COMMANDS: NodeCommands = {
  "system.info": { scope: "system.info", risk: "none" },
  "system.processes": { scope: "system.info", risk: "none" },
  "notify.show": { scope: "notify.send", risk: "none" },
  "clipboard.read": { scope: "clipboard.access", risk: "low" },
  "clipboard.write": { scope: "clipboard.access", risk: "low" },
  "screen.capture": { scope: "screen.capture", risk: "low" },
  "screen.region": { scope: "screen.capture", risk: "low" },
  "screen.monitors": { scope: "screen.capture", risk: "low" },
  "screen.queryElements": { scope: "screen.capture", risk: "low" },
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

/** The scope that stands for all the others. */
const EVERYTHING = "node.command";

const WHAT: Record<NodeCommands[NodeCommandName]["scope"] | typeof EVERYTHING, string> = {
  "system.info": "Tell of the machine and of what runs on it",
  "notify.send": "Show notices",
  "clipboard.access": "Read and write the clipboard",
  "screen.capture": "Take pictures of the screen",
  "window.manage": "Arrange windows",
  "app.manage": "Start and close programs",
  "input.control": "Use mouse and keyboard",
  "canvas.control": "Show pages on a canvas",
  "system.execute": "Run any program",
  [EVERYTHING]: "Everything above, and whatever comes later",
};

export interface Scope {
  name: NodeScope;
  what: string;
  risk: RiskLevel;
}

const NAMES = Object.keys(COMMANDS) as NodeCommandName[];

/** The commands that a node with these scopes may be sent. */
export function commandsOf(scopes: readonly NodeScope[]): NodeCommandName[] {
  if (scopes.includes(EVERYTHING)) return NAMES;
  return NAMES.filter((name) => scopes.includes(COMMANDS[name].scope));
}

/** Those that open a command, from the harmless to the dangerous. */
export const SCOPES: Scope[] = (Object.keys(WHAT) as (keyof typeof WHAT)[]).map((name) => ({
  name,
  what: WHAT[name],
  risk: worstOf(commandsOf([name]).map((command) => COMMANDS[command].risk)),
}));

/** The scopes with one more or one less, in the order of the catalogue; what is not in it stays. */
export function toggledScope(scopes: readonly NodeScope[], name: NodeScope): NodeScope[] {
  const next = scopes.includes(name) ? scopes.filter((other) => other !== name) : [...scopes, name];
  const place = (scope: NodeScope) => SCOPES.findIndex((known) => known.name === scope);
  return next.sort((a, b) => place(a) - place(b));
}
