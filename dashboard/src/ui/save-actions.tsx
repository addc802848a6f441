import { common } from "../messages/en/common.ts";
import { Button } from "./button.tsx";
import styles from "./detail.module.css";

interface SaveActionsProps {
  changed: boolean;
  busy: boolean;
  /** Absent inside a form, which the button then submits. */
  onSave?: () => void;
}

/** The button that saves, and a note while there are unsaved changes. */
export function SaveActions({ changed, busy, onSave }: SaveActionsProps) {
  return (
    <div className={styles.actions}>
      <Button
        type={onSave ? "button" : "submit"}
        variant="primary"
        disabled={!changed}
        busy={busy}
        onClick={onSave}
      >
        {common.save}
      </Button>
      {changed && <span className={styles.note}>{common.unsaved}</span>}
    </div>
  );
}
