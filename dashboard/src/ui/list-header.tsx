import { useLocation } from "wouter";
import { IconButton } from "./button.tsx";
import styles from "./split-list.module.css";

interface ListHeaderProps {
  title: string;
  /** The form for another one; absent for whom may not make any. */
  add?: { href: string; label: string } | undefined;
}

/** The head of the list in a split page. */
export function ListHeader({ title, add }: ListHeaderProps) {
  const [, navigate] = useLocation();
  return (
    <header className={styles.header}>
      <h1>{title}</h1>
      {add && (
        <IconButton
          icon="plus"
          label={add.label}
          look="primary"
          onClick={() => navigate(add.href)}
        />
      )}
    </header>
  );
}
