import { expect, it } from "vitest";
import type { ProviderTest } from "../../api/types.ts";
import { changedAccess, type Access } from "./access.ts";

const start: Access = { baseUrl: "", apiKey: "", model: "" };
const filled: Access = { baseUrl: "http://a/v1", apiKey: "k", model: "m1" };
const listing = (...models: string[]) => ({ models }) as ProviderTest;

it("forgets a model from the list of the address before", () => {
  const moved = changedAccess(filled, { baseUrl: "http://b/v1" }, listing("m1", "m2"), start);
  expect(moved).toEqual({ baseUrl: "http://b/v1", apiKey: "k", model: "" });
});

it("keeps a model that was typed, as long as no list has it", () => {
  for (const test of [null, listing(), listing("m2")]) {
    expect(changedAccess(filled, { baseUrl: "http://b/v1" }, test, start).model).toBe("m1");
  }
});

it("keeps the model with another key, and the one that a saved provider has", () => {
  expect(changedAccess(filled, { apiKey: "other" }, listing("m1"), start).model).toBe("m1");
  const saved = { ...filled, model: "m1" };
  const moved = changedAccess(filled, { baseUrl: "http://b/v1" }, listing("m1"), saved);
  expect(moved.model).toBe("m1");
});
