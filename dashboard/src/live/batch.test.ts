import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { batch } from "./batch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("hands on the first at once, and what follows quickly together and in order", () => {
  const handed: number[][] = [];
  const events = batch<number>((items) => handed.push(items));
  events.add(1);
  events.add(2);
  events.add(3);
  expect(handed).toEqual([[1]]);
  vi.advanceTimersByTime(30);
  expect(handed).toEqual([[1], [2, 3]]);
  vi.advanceTimersByTime(100);
  events.add(4);
  expect(handed).toEqual([[1], [2, 3], [4]]);
});

it("hands on all that it keeps when it is told to", () => {
  const handed: number[][] = [];
  const events = batch<number>((items) => handed.push(items));
  events.add(1);
  events.add(2);
  events.flush();
  events.flush();
  vi.advanceTimersByTime(100);
  expect(handed).toEqual([[1], [2]]);
});
