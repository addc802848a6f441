import { useEffect, useState } from "react";
import { useLinkState } from "../live/live.tsx";
import { Button } from "../ui/button.tsx";
import styles from "./connection-banner.module.css";
import { shell } from "../messages/en/shell.ts";

/** A first connection or a short interruption is not worth a banner (milliseconds). */
const SHOWN_AFTER = 1_000;

/** Says that the page is offline and when the next attempt is made. */
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

  if (now - since < SHOWN_AFTER) return null;
  const seconds = until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1_000));
  return (
    <div className={styles.banner}>
      <p role="status">{shell.offline}</p>
      <span className={styles.next}>{seconds > 0 ? shell.nextTry(seconds) : shell.trying}</span>
      <Button small disabled={seconds === 0} onClick={onRetry}>
        {shell.tryNow}
      </Button>
    </div>
  );
}
