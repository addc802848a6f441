import type { ReactNode } from "react";
import styles from "./split-page.module.css";
import { useTitle } from "./title.tsx";

interface SplitPageProps {
  label: string;
  list: ReactNode;
  /** Which half a narrow window shows; a wide one shows both. */
  narrow: "list" | "detail";
  children: ReactNode;
}

/** A list beside the thing that was picked from it. */
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
