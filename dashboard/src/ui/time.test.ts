import { describe, expect, it } from "vitest";
import { duration, period, shortTime, timeLeft } from "./time.ts";

describe("a duration in words", () => {
  it.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [4_210, "4.2 s"],
    [59_960, "1 min"],
    [192_000, "3 min 12 s"],
    [7_500_000, "2 h 5 min"],
    [7_200_000, "2 h"],
  ])("%d ms is %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe("a short time", () => {
  const now = new Date("2026-05-04T12:00:00");
  it("is a clock time today and a date before", () => {
    expect(shortTime("2026-05-04T09:05:00", now)).toMatch(/9:05/);
    expect(shortTime("2026-05-03T09:05:00", now)).not.toMatch(/9:05|2026/);
    expect(shortTime("2025-05-04T09:05:00", now)).toMatch(/2025/);
  });
});

describe("the heading of a list of times", () => {
  const now = new Date("2026-05-04T00:30:00");
  it.each([
    ["2026-05-04T00:10:00", "Today"],
    ["2026-05-04T09:00:00", "Today"],
    ["2026-05-03T23:50:00", "Yesterday"],
    ["2026-05-02T23:50:00", "Previous 7 days"],
    ["2026-04-27T00:10:00", "Previous 7 days"],
    ["2026-04-26T23:50:00", "Previous 30 days"],
    ["2026-04-04T00:10:00", "Previous 30 days"],
    ["2026-03-01T00:10:00", "March"],
    ["2025-12-31T00:10:00", "December 2025"],
  ])("of %s is %s", (time, heading) => {
    expect(period(time, now)).toBe(heading);
  });
});

describe("what is left of a wait", () => {
  it.each([
    [300_000, "5:00"],
    [61_001, "1:02"],
    [1, "0:01"],
    [-5_000, "0:00"],
    [3_661_000, "1:01:01"],
  ])("of %d ms is %s", (ms, text) => {
    expect(timeLeft(ms)).toBe(text);
  });
});
