import type { Outcome } from "../../entities/session/session-state.ts";
import { Button } from "../../ui/button.tsx";
import styles from "./turn-notice.module.css";
import { common } from "../../messages/en/common.ts";
import { conversation as t } from "../../messages/en/conversation.ts";

interface TurnNoticeProps {
  outcome: Outcome;
  onRetry: (() => void) | undefined;
}

/** The outcome of a turn that failed or was cancelled. */
export function TurnNotice({ outcome, onRetry }: TurnNoticeProps) {
  const failed = outcome.kind === "failed";
  return (
    <div className={styles.notice} data-kind={outcome.kind}>
      <p>
        <strong>{failed ? t.failed : t.stopped}</strong>{" "}
        {outcome.reason ?? (failed ? t.noReason : t.cancelled)}
      </p>
      {onRetry && (
        <Button small icon="again" onClick={onRetry}>
          {common.retry}
        </Button>
      )}
    </div>
  );
}
