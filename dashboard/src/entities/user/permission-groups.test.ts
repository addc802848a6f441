import { expect, it } from "vitest";
import { grouped } from "./permission-groups.ts";

it("groups what is offered, and leaves out what is not", () => {
  expect(grouped(["ViewUsers", "SendMessages", "ManageUsers", "ApproveActions"])).toEqual([
    ["chat", ["SendMessages", "ApproveActions"]],
    ["people", ["ViewUsers", "ManageUsers"]],
  ]);
  expect(grouped([])).toEqual([]);
});
