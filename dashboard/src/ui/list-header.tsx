import { useLocation } from "wouter";
import { IconButton } from "./button.tsx";
import styles from "./split-list.module.css";

interface ListHeaderProps {
  title: string;
  /** The page that adds an item; absent if the user must not add any. */
  add?: { href: string; label: string } | undefined;
}

/** What a list is called, for the eye. The heading of the page says the same. */
export function ListTitle({ children }: { children: string }) {
  return (
    <p className={styles.title} aria-hidden="true">
      {children}
    </p>
  );
}

/** The header of the list in a split page. */
export function ListHeader({ title, add }: ListHeaderProps) {
  const [, navigate] = useLocation();
  return (
    <header className={styles.header}>
      <ListTitle>{title}</ListTitle>
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
