import styles from "./badge.module.css";

const MAX_SHOWN = 99;

/** A count in the corner of its parent, which has to be positioned; nothing at zero. */
export function Badge({ count, label }: { count: number; label: string }) {
  if (count === 0) return null;
  return (
    <span className={styles.badge}>
      {count > MAX_SHOWN ? `${MAX_SHOWN}+` : count}
      <span className="visually-hidden"> {label}</span>
    </span>
  );
}
