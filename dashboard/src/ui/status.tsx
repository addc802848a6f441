import { classNames } from "./class-names.ts";
import styles from "./status.module.css";
import { common } from "../messages/en/common.ts";

export type StatusKind = "queued" | "running" | "completed" | "failed" | "cancelled";

interface StatusProps {
  kind: StatusKind;
  /** A more precise word than the usual one. */
  word?: string;
}

/** The status of a task or tool call: a mark and a word, never colour alone. */
export function Status({ kind, word = common.status[kind] }: StatusProps) {
  return (
    <span className={classNames(styles.status, styles[kind])}>
      <span aria-hidden="true" className={styles.mark} />
      {word}
    </span>
  );
}

/** Three pulsing dots that show activity. */
export function ActivityDots() {
  return (
    <span aria-hidden="true" className={styles.working}>
      <i />
      <i />
      <i />
    </span>
  );
}
