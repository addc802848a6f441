import { describe, expect, it } from "vitest";
import { commandsOf, SCOPES, toggledScope } from "./scopes.ts";

describe("the scopes of a node", () => {
  it("open their own commands only", () => {
    expect(commandsOf(["notify.send"])).toEqual(["notify.show"]);
    expect(commandsOf([])).toEqual([]);
    expect(commandsOf(["camera.capture"])).toEqual([]);
  });

  it("open every command where one stands for all", () => {
    const each = SCOPES.filter(({ name }) => name !== "node.command");
    const all = each.flatMap(({ name }) => commandsOf([name]));
    expect(commandsOf(["node.command"]).sort()).toEqual(all.sort());
  });

  it("are as dangerous as the worst that they open", () => {
    const risk = Object.fromEntries(SCOPES.map((scope) => [scope.name, scope.risk]));
    expect(risk).toMatchObject({
      "system.info": "none",
      "app.manage": "medium",
      "node.command": "critical",
    });
  });

  it("are given and taken back, in one order", () => {
    const given = toggledScope(toggledScope([], "system.execute"), "system.info");
    expect(given).toEqual(["system.info", "system.execute"]);
    expect(toggledScope(given, "system.execute")).toEqual(["system.info"]);
  });

  it("keep what the catalogue does not know", () => {
    expect(toggledScope(["camera.capture"], "system.info")).toEqual([
      "camera.capture",
      "system.info",
    ]);
  });
});
