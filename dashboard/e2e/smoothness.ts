/** How long the page kept the browser from anything else: typing, scrolling, painting. */
import type { Page } from "playwright-core";

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** On the clock, and on the processor (microseconds). */
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

export interface Smoothness {
  /** The longest tasks on the page's main thread, longest first (milliseconds on the processor). */
  longest: number[];
  /** What the browser counts as long tasks (milliseconds on the clock). On a busy machine, waiting counts as well. */
  longTasks: number[];
}

/** Measures what the page does while `act` runs. The time on the processor is the page's own, however busy the machine. */
export async function smoothness(page: Page, act: () => Promise<void>): Promise<Smoothness> {
  const browser = page.context().browser();
  if (browser === null) throw new Error("only a browser that was launched can be traced");
  await page.evaluate(() => {
    const longTasks: number[] = [];
    Object.assign(window, { longTasks });
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasks.push(Math.round(duration));
    });
    observer.observe({ type: "longtask" });
  });
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
  await act();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const longTasks = await page.evaluate(
    () => (window as unknown as { longTasks: number[] }).longTasks,
  );
  return { longest: longest(trace.traceEvents), longTasks };
}

function longest(events: TraceEvent[]): number[] {
  const thread = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const main = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(thread),
  );
  const tasks = events.filter((event) => event.name.endsWith("RunTask") && main.has(thread(event)));
  const times = tasks.flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1_000]));
  return times.sort((a, b) => b - a).slice(0, 10);
}
