/** Times and durations as text. */
import { common } from "../messages/en/common.ts";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** The time of today, the day of this year, otherwise the full date. */
export function shortTime(iso: string, now = new Date()): string {
  const date = new Date(iso);
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  return (date.getFullYear() === now.getFullYear() ? day : dayAndYear).format(date);
}

const month = new Intl.DateTimeFormat(undefined, { month: "long" });
const monthAndYear = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });

/** The heading under which something of that time is listed: `Today`, `Yesterday`, `Previous 7 days`, or a month. */
export function period(iso: string, now = new Date()): string {
  const date = new Date(iso);
  const days = Math.round((midnight(now) - midnight(date)) / DAY);
  if (days <= 0) return common.period.today;
  if (days === 1) return common.period.yesterday;
  if (days <= 7) return common.period.week;
  if (days <= 30) return common.period.month;
  return (date.getFullYear() === now.getFullYear() ? month : monthAndYear).format(date);
}

const DAY = 24 * 3_600_000;

/** Days are told apart by their number, whatever the clock was set to in between. */
function midnight(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

export function dayAndTime(iso: string, now = new Date()): string {
  const time = clock.format(new Date(iso));
  const when = shortTime(iso, now);
  return when === time ? time : `${when}, ${time}`;
}

export function fullTime(iso: string): string {
  return full.format(new Date(iso));
}

/** `850 ms`, `4.2 s`, `3 min 12 s`, `3 min`, `2 h 5 min`. */
export function duration(ms: number): string {
  const { units } = common;
  if (ms < 1_000) return `${Math.round(ms)} ${units.ms}`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} ${units.s}`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return parts(Math.floor(seconds / 60), units.min, seconds % 60, units.s);
  const minutes = Math.round(seconds / 60);
  return parts(Math.floor(minutes / 60), units.h, minutes % 60, units.min);
}

function parts(whole: number, unit: string, rest: number, smaller: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${smaller}`;
}

/** The rest of a wait, like a clock: `4:05`, `1:00:00`; never below `0:00`. */
export function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const minutes = Math.floor(seconds / 60);
  const twoDigits = (part: number) => String(part % 60).padStart(2, "0");
  if (minutes < 60) return `${minutes}:${twoDigits(seconds)}`;
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes)}:${twoDigits(seconds)}`;
}
