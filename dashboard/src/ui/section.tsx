/** A section of a page: its head with what can be done, a note, and a list of entries. */
import { useId, type ReactNode } from "react";
import styles from "./section.module.css";

interface SectionProps {
  title: string;
  /** Beside the title. */
  action?: ReactNode;
  /** What the section is about, in a sentence. */
  note?: ReactNode;
  children?: ReactNode;
}

export function Section({ title, action, note, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        {action}
      </div>
      {note !== undefined && <Note>{note}</Note>}
      {children}
    </section>
  );
}

export function Note({ children }: { children: ReactNode }) {
  return <p className={styles.note}>{children}</p>;
}

/** What is in a section, with a line between one and the next. `label` names the list where there are several. */
export function Entries({ label, children }: { label?: string; children: ReactNode }) {
  return (
    <ul role="list" className={styles.entries} aria-label={label}>
      {children}
    </ul>
  );
}

interface EntryProps {
  title: ReactNode;
  /** Beside the title, smaller. */
  mark?: ReactNode;
  /** At the right. */
  actions?: ReactNode;
  /** Below the title. */
  children?: ReactNode;
}

/** One of the entries. */
export function Entry(props: EntryProps) {
  return (
    <li>
      <EntryBody {...props} />
    </li>
  );
}

/** The contents of an entry, alone where there is no list. */
export function EntryBody({ title, mark, actions, children }: EntryProps) {
  return (
    <div className={styles.entry}>
      <div className={styles.what}>
        <strong>{title}</strong>
        {mark !== undefined && <span className={styles.mark}>{mark}</span>}
        {children}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
