import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./page.module.css";
import { useTitle } from "./title.tsx";

interface PageProps {
  title: string;
  /** For text and forms, which are narrower than lists. */
  slim?: boolean;
  children: ReactNode;
}

/** A page with one column of sections. */
export function Page({ title, slim = false, children }: PageProps) {
  useTitle(title);
  return (
    <main className={styles.page} id="main" tabIndex={-1}>
      <div className={classNames(styles.column, slim && styles.slim)}>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
