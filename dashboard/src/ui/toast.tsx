/** Short messages at the edge of the window. */
import { createContext, use, useCallback, useState, type ReactNode } from "react";
import { describe } from "../api/client.ts";
import { IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";
import styles from "./toast.module.css";
import { VisibleText } from "./visible-text.tsx";
import { common } from "../messages/en/common.ts";

interface Toast {
  id: number;
  title?: string;
  text: string;
  requestId: string | null;
  failed: boolean;
}

interface Toaster {
  notify: (text: string) => void;
  /** Shows a message that stays until it is dismissed. */
  alert: (title: string, text: string) => void;
  /** Runs an action, and shows the error if it fails. */
  attempt: (action: () => Promise<unknown>) => Promise<void>;
}

const SHOWN_FOR = 4_000;
const MAX_TOASTS = 3;
const ToastContext = createContext<Toaster | null>(null);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);

  const dismiss = useCallback((id: number) => {
    setToasts((now) => now.filter((toast) => toast.id !== id));
  }, []);

  const show = useCallback(
    (toast: Omit<Toast, "id">) => {
      const id = Math.random();
      setToasts((now) => [...now.slice(1 - MAX_TOASTS), { ...toast, id }]);
      if (!toast.failed) setTimeout(() => dismiss(id), SHOWN_FOR);
    },
    [dismiss],
  );

  const [toaster] = useState<Toaster>(() => ({
    notify: (text) => show({ text, requestId: null, failed: false }),
    alert: (title, text) => show({ title, text, requestId: null, failed: true }),
    attempt: async (action) => {
      try {
        await action();
      } catch (error) {
        const { message, requestId } = describe(error);
        show({ text: message, requestId, failed: true });
      }
    },
  }));

  return (
    <ToastContext value={toaster}>
      {children}
      <div className={styles.region} role="status">
        {toasts.map((toast) => (
          <div key={toast.id} className={classNames(styles.toast, toast.failed && styles.failed)}>
            <p>
              {toast.title !== undefined && <strong>{toast.title}</strong>}
              <VisibleText text={toast.text} />
              {toast.requestId !== null && <code> {toast.requestId}</code>}
            </p>
            <IconButton
              small
              icon="close"
              label={common.dismiss}
              onClick={() => dismiss(toast.id)}
            />
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

export function useToast(): Toaster {
  const toaster = use(ToastContext);
  if (toaster === null) throw new Error("useToast needs a ToastProvider above it");
  return toaster;
}
