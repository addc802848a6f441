import { useEffect, useState } from "react";

const SECOND = 1_000;

/** The time in milliseconds, updated every second while `ticking`. */
export function useNow(ticking = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNow(Date.now()), SECOND);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}
