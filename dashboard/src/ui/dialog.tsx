/** Modal dialogs on the browser's own `<dialog>`, which traps focus, closes on Esc and restores focus. */
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { FieldErrors } from "./field-errors.tsx";
import { ErrorText } from "./notice.tsx";
import { Button, IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";
import styles from "./dialog.module.css";
import { common } from "../messages/en/common.ts";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** A drawer fills the right edge of the window. */
  drawer?: boolean;
}

/** Open while it is rendered. */
export function Dialog({ title, onClose, children, drawer = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // The browser would focus the close button.
    dialog?.querySelector<HTMLElement>("input, select, textarea")?.focus();
    return () => dialog?.close();
  }, []);

  return (
    // A click on the dialog element itself is a click on its backdrop; Esc does the same by keyboard.
    <dialog
      ref={ref}
      className={classNames(styles.dialog, drawer && styles.drawer)}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className={styles.sheet}>
        <header className={styles.header}>
          <h2 id={titleId}>{title}</h2>
          <IconButton icon="close" label={common.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface ActionDialogProps<Result> {
  title: string;
  action: string;
  variant?: "primary" | "danger";
  onClose: () => void;
  /** Rejects to keep the dialog open and show why. */
  onConfirm: () => Promise<Result>;
  /** Called after success; closes the dialog by default. One that stays open has another question. */
  onDone?: (result: Result) => void;
  children: ReactNode;
}

/** A dialog with one action: a confirmation or a small form. */
export function ActionDialog<Result>({
  title,
  action,
  variant = "primary",
  onClose,
  onConfirm,
  onDone = onClose,
  children,
}: ActionDialogProps<Result>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const submit = async () => {
    setBusy(true);
    setFailure(null);
    try {
      onDone(await onConfirm());
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <FieldErrors error={failure}>
          {(rest) => (
            <>
              {children}
              {rest !== null && <ErrorText error={rest} />}
            </>
          )}
        </FieldErrors>
        <footer className={styles.footer}>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" variant={variant} busy={busy}>
            {action}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
