import { useLocation } from "wouter";
import { IconButton } from "./button.tsx";
import styles from "./split-list.module.css";

interface ListHeaderProps {
  title: string;
  /** The page that adds an item; absent if the user must not add any. */
  add?: { href: string; label: string } | undefined;
}

/** The header of the list in a split page. */
export function ListHeader({ title, add }: ListHeaderProps) {
  const [, navigate] = useLocation();
  return (
    <header className={styles.header}>
      <h1>{title}</h1>
      {add && (
        <IconButton
          icon="plus"
          label={add.label}
          variant="primary"
          onClick={() => navigate(add.href)}
        />
      )}
    </header>
  );
}
