import { section } from "../catalogue.ts";

/** The command palette. */
export const palette = section("palette", {
  title: "Go to",
  search: "Search pages and sessions",
  commands: "Pages and sessions",
});
