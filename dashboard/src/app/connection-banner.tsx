import { useEffect, useState, useSyncExternalStore } from "react";
import { useLinkState } from "../live/live.tsx";
import { Button } from "../ui/button.tsx";
import styles from "./connection-banner.module.css";
import { shell } from "../messages/en/shell.ts";

/** A first connection or a short interruption is not worth a banner (milliseconds). */
const SHOWN_AFTER = 1_000;

/** Whether this machine has a network at all, as far as the browser knows. */
function useHasNetwork(): boolean {
  return useSyncExternalStore(subscribeToNetwork, () => navigator.onLine);
}

function subscribeToNetwork(onChange: () => void) {
  window.addEventListener("online", onChange);
  window.addEventListener("offline", onChange);
  return () => {
    window.removeEventListener("online", onChange);
    window.removeEventListener("offline", onChange);
  };
}

/** Says whether this machine or the gateway is away, what that means, and when the next attempt is made. */
export function ConnectionBanner() {
  const link = useLinkState();
  const down = link.phase !== "live";
  return down ? (
    <Down until={link.phase === "waiting" ? link.until : null} onRetry={link.retryNow} />
  ) : null;
}

function Down({ until, onRetry }: { until: number | null; onRetry: () => void }) {
  const hasNetwork = useHasNetwork();
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
      <p role="status">{hasNetwork ? shell.gatewayAway : shell.offline}</p>
      <span className={styles.next}>{seconds > 0 ? shell.nextTry(seconds) : shell.trying}</span>
      <Button small disabled={seconds === 0} onClick={onRetry}>
        {shell.tryNow}
      </Button>
    </div>
  );
}
