import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { features, navigation, routes } from "./features.ts";

const FOLDER = join(import.meta.dirname, "../features");

describe("the features", () => {
  it("are all the folders there are", () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    for (const { name } of folders) {
      expect(existsSync(join(FOLDER, name, "index.tsx")), name).toBe(true);
    }
    expect(features).toHaveLength(folders.length);
    for (const feature of features) expect(feature).toBeTypeOf("object");
  });

  it("have a page for each path once", () => {
    const paths = routes.map(({ path }) => path);
    expect(paths).toContain("/");
    expect(new Set(paths).size).toBe(paths.length);
  });

  it("have a page behind each navigation entry, in an order of its own", () => {
    for (const { path } of navigation) {
      expect(
        routes.some((route) => route.path === path),
        path,
      ).toBe(true);
    }
    const orders = navigation.map(({ order }) => order);
    expect(new Set(orders).size).toBe(orders.length);
    expect(navigation[0]?.path).toBe("/");
  });
});
