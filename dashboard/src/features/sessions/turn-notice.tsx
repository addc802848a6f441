import type { Outcome } from "../../live/session-state.ts";
import { Button } from "../../ui/button.tsx";
import styles from "./turn-notice.module.css";

interface TurnNoticeProps {
  outcome: Outcome;
  onRetry: (() => void) | undefined;
}

/** How a turn ended that did not end well. */
export function TurnNotice({ outcome, onRetry }: TurnNoticeProps) {
  const failed = outcome.kind === "failed";
  return (
    <div className={styles.notice} data-kind={outcome.kind}>
      <p>
        <strong>{failed ? "The answer failed." : "Stopped."}</strong>{" "}
        {outcome.reason ?? (failed ? "No reason was given." : "The answer was cancelled.")}
      </p>
      {onRetry && (
        <Button small icon="again" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
