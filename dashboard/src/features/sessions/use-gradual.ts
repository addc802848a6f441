import { startTransition, useEffect, useState } from "react";

/** So much more (characters) is shown at a time. */
const STEP = 2_000;
/** A longer backlog (characters) is shown at once: somebody has just come, or comes back to this window. */
const BACKLOG = 16_000;

/**
 * What to show of a text that grows: a fast stream is followed in steps, so that no step keeps the browser from typing
 * and scrolling. Begins with `initially`.
 */
export function useGradual(text: string, initially: string): string {
  const [shown, setShown] = useState(initially);
  useEffect(() => {
    if (shown === text) return;
    const timer = setTimeout(() => startTransition(() => setShown(next(text, shown))));
    return () => clearTimeout(timer);
  }, [text, shown]);
  return shown;
}

export function next(text: string, shown: string): string {
  const more = text.length - shown.length;
  if (!text.startsWith(shown) || more <= STEP || more > BACKLOG) return text;
  const end = shown.length + STEP;
  const isHalf = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return text.slice(0, isHalf ? end + 1 : end);
}
