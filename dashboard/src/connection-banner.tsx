import { useEffect, useState } from "react";
import { useLinkState } from "./live/live.tsx";
import { Button } from "./ui/button.tsx";
import styles from "./connection-banner.module.css";

/** A first connection or a short blip needs no words. */
const PATIENCE = 1_000;

/** Says that the page is not live, why that is no loss, and when the next attempt comes. */
export function ConnectionBanner() {
  const link = useLinkState();
  const down = link.phase !== "live";
  return down ? (
    <Down until={link.phase === "waiting" ? link.until : null} onRetry={link.retryNow} />
  ) : null;
}

function Down({ until, onRetry }: { until: number | null; onRetry: () => void }) {
  const [since] = useState(() => Date.now());
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);

  if (now - since < PATIENCE) return null;
  const seconds = until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1_000));
  return (
    <div className={styles.banner}>
      <p role="status">Not connected. What you miss is fetched when the connection is back.</p>
      <span className={styles.next}>{seconds > 0 ? `Next try in ${seconds} s` : "Trying…"}</span>
      <Button small disabled={seconds === 0} onClick={onRetry}>
        Try now
      </Button>
    </div>
  );
}
