/** Made by `npm run generate` from openapi.json. Do not edit. */
import type { components } from "./schema.ts";

type Schemas = components["schemas"];

/** The commands to nodes, each with the scope it needs and the harm it can do. */
export const NODE_COMMANDS = {
  "app.close": { risk: "medium", scope: "app.manage" },
  "app.focus": { risk: "medium", scope: "app.manage" },
  "app.launch": { risk: "medium", scope: "app.manage" },
  "app.list": { risk: "medium", scope: "app.manage" },
  "canvas.present": { risk: "medium", scope: "canvas.control" },
  "clipboard.read": { risk: "medium", scope: "clipboard.access" },
  "clipboard.write": { risk: "medium", scope: "clipboard.access" },
  "input.keyboard.hotkey": { risk: "medium", scope: "input.control" },
  "input.keyboard.press": { risk: "medium", scope: "input.control" },
  "input.keyboard.type": { risk: "medium", scope: "input.control" },
  "input.mouse.click": { risk: "medium", scope: "input.control" },
  "input.mouse.move": { risk: "medium", scope: "input.control" },
  "input.mouse.scroll": { risk: "medium", scope: "input.control" },
  "notify.show": { risk: "none", scope: "notify.send" },
  "screen.capture": { risk: "medium", scope: "screen.capture" },
  "screen.monitors": { risk: "medium", scope: "screen.capture" },
  "screen.queryElements": { risk: "medium", scope: "screen.capture" },
  "screen.region": { risk: "medium", scope: "screen.capture" },
  "system.execute": { risk: "critical", scope: "system.execute" },
  "system.info": { risk: "none", scope: "system.info" },
  "system.processes": { risk: "none", scope: "system.info" },
  "window.list": { risk: "low", scope: "window.manage" },
  "window.maximize": { risk: "low", scope: "window.manage" },
  "window.minimize": { risk: "low", scope: "window.manage" },
  "window.move": { risk: "low", scope: "window.manage" },
} as const satisfies Record<
  Schemas["NodeCommandName"],
  { scope: Schemas["NodeScope"]; risk: Schemas["Risk"] }
>;
