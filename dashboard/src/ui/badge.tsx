import styles from "./badge.module.css";

const MOST = 99;

/** A number in the corner of what it belongs to, which has to be positioned; nothing at zero. */
export function Badge({ count, label }: { count: number; label: string }) {
  if (count === 0) return null;
  return (
    <span className={styles.badge}>
      {count > MOST ? `${MOST}+` : count}
      <span className="visually-hidden"> {label}</span>
    </span>
  );
}
