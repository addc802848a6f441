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
    <main className={styles.page} data-narrow={narrow} id="main" tabIndex={-1}>
      {/* Not in the list, which a narrow window hides. */}
      <h1 className="visually-hidden">{label}</h1>
      <section className={styles.list} aria-label={label}>
        {list}
      </section>
      <div className={styles.detail}>{children}</div>
    </main>
  );
}
