/** The frame of the right half of a split page. */
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { IconButton } from "./button.tsx";
import styles from "./detail.module.css";
import { useTitle } from "./title.tsx";

interface DetailProps {
  /** Absent while the item is loading. */
  title: string | undefined;
  /** The list to go back to in a narrow window. */
  back: { href: string; label: string };
  /** A line below the title. */
  about?: ReactNode;
  /** At the right of the title. */
  menu?: ReactNode;
  children: ReactNode;
}

export function Detail({ title, back, about, menu, children }: DetailProps) {
  const [, navigate] = useLocation();
  useTitle(title);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <span className={styles.back}>
          <IconButton icon="back" label={back.label} onClick={() => navigate(back.href)} />
        </span>
        <div className={styles.names}>
          <h2>{title ?? "\u00a0"}</h2>
          {about}
        </div>
        {menu}
      </header>
      {children}
    </div>
  );
}

/** Names and values in two columns. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={styles.facts}>{children}</dl>;
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
