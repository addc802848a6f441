import { classNames } from "./class-names.ts";
import styles from "./status.module.css";

export type StatusKind = "queued" | "running" | "completed" | "failed" | "cancelled";

const WORDS: Record<StatusKind, string> = {
  queued: "Queued",
  running: "Running",
  completed: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

interface StatusProps {
  kind: StatusKind;
  /** A closer word than the usual one. */
  word?: string;
}

/** The state of a task or tool call: a mark and a word, never colour alone. */
export function Status({ kind, word = WORDS[kind] }: StatusProps) {
  return (
    <span className={classNames(styles.status, styles[kind])}>
      <span aria-hidden="true" className={styles.mark} />
      {word}
    </span>
  );
}

/** Three dots that breathe while something is at work. */
export function Working() {
  return (
    <span aria-hidden="true" className={styles.working}>
      <i />
      <i />
      <i />
    </span>
  );
}
