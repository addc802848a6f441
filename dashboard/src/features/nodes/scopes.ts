/** What a node can be allowed to do, in words, and the commands that each scope opens. */
import type { NodeScope } from "../../api/types.ts";
import type { RiskLevel } from "../../ui/risk.tsx";

export interface Scope {
  name: NodeScope;
  what: string;
  risk: RiskLevel;
  commands: string[];
}

export const SCOPES: Scope[] = [
  {
    name: "system.info",
    what: "Tell of the machine and of what runs on it",
    risk: "none",
    commands: ["system.info", "system.processes"],
  },
  { name: "notify.send", what: "Show notices", risk: "none", commands: ["notify.show"] },
  {
    name: "clipboard.access",
    what: "Read and write the clipboard",
    risk: "low",
    commands: ["clipboard.read", "clipboard.write"],
  },
  {
    name: "screen.capture",
    what: "Take pictures of the screen",
    risk: "low",
    commands: ["screen.capture", "screen.region", "screen.monitors", "screen.queryElements"],
  },
  {
    name: "window.manage",
    what: "Arrange windows",
    risk: "low",
    commands: ["window.list", "window.move", "window.minimize", "window.maximize"],
  },
  {
    name: "app.manage",
    what: "Start and close programs",
    risk: "medium",
    commands: ["app.list", "app.launch", "app.close", "app.focus"],
  },
  {
    name: "input.control",
    what: "Use mouse and keyboard",
    risk: "medium",
    commands: [
      "input.mouse.move",
      "input.mouse.click",
      "input.mouse.scroll",
      "input.keyboard.type",
      "input.keyboard.press",
      "input.keyboard.hotkey",
    ],
  },
  {
    name: "canvas.control",
    what: "Show pages on a canvas",
    risk: "medium",
    commands: ["canvas.present"],
  },
  {
    name: "system.execute",
    what: "Run any program",
    risk: "critical",
    commands: ["system.execute"],
  },
  {
    name: "node.command",
    what: "Everything above, and whatever comes later",
    risk: "critical",
    commands: [],
  },
];

/** The commands that a node with these scopes may be sent. */
export function commandsOf(scopes: readonly NodeScope[]): string[] {
  const all = scopes.includes("node.command");
  return SCOPES.filter(({ name }) => all || scopes.includes(name)).flatMap(
    ({ commands }) => commands,
  );
}

/** The scopes with one more or one less, in the order of the catalogue; what is not in it stays. */
export function toggledScope(scopes: readonly NodeScope[], name: NodeScope): NodeScope[] {
  const next = scopes.includes(name) ? scopes.filter((other) => other !== name) : [...scopes, name];
  const place = (scope: NodeScope) => SCOPES.findIndex((known) => known.name === scope);
  return next.sort((a, b) => place(a) - place(b));
}
