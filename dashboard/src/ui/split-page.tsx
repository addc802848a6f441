import type { ReactNode } from "react";
import styles from "./split-page.module.css";
import { useTitle } from "./title.tsx";

interface SplitPageProps {
  label: string;
  list: ReactNode;
  /** The half that a narrow window shows; a wide window shows both. */
  narrow: "list" | "detail";
  children: ReactNode;
}

/** A list beside the selected item. */
export function SplitPage({ label, list, narrow, children }: SplitPageProps) {
  useTitle(narrow === "list" ? label : undefined);
  return (
    <div className={styles.page} data-narrow={narrow}>
      <section className={styles.list} aria-label={label}>
        {list}
      </section>
      <main className={styles.detail} id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
