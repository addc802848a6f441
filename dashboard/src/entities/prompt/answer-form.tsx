import type { ReactNode, Ref } from "react";
import { common } from "../../messages/en/common.ts";
import { Button } from "../../ui/button.tsx";
import styles from "./prompt-card.module.css";

interface AnswerFormProps {
  /** The button that sends the answer. */
  submit: ReactNode;
  busy: boolean;
  onSubmit: () => void;
  /** Called by "Back" and by Esc. */
  onClose: () => void;
  ref?: Ref<HTMLFormElement>;
  children: ReactNode;
}

/** A form inside a card, which can be closed without an answer. */
export function AnswerForm({ submit, busy, onSubmit, onClose, ref, children }: AnswerFormProps) {
  return (
    <form
      ref={ref}
      className={styles.form}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <div className={styles.actions}>
        {submit}
        <Button disabled={busy} onClick={onClose}>
          {common.back}
        </Button>
      </div>
    </form>
  );
}
