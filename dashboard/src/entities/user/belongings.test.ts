import { expect, it } from "vitest";
import { ApiError } from "../../api/client.ts";
import { belongingsOf } from "./belongings.ts";

it("reads what a refusal says that there is, and nothing from other errors", () => {
  const refused = (code: string) => new ApiError("No.", code, 409, null, { sessions: 1 });
  expect(belongingsOf(refused("has_belongings"))).toEqual({ sessions: 1 });
  expect(belongingsOf(refused("last_administrator"))).toBeNull();
  expect(belongingsOf(new Error("No."))).toBeNull();
});
