import { visibleParts } from "./visible-parts.ts";
import styles from "./visible-text.module.css";
import { common } from "../messages/en/common.ts";

/** Untrusted text, with invisible characters made visible. */
export function VisibleText({ text }: { text: string }) {
  return visibleParts(text).map((part, index) => {
    if (part.kind === "plain") return part.text;
    if (part.kind === "leftward") return <bdi key={index}>{part.text}</bdi>;
    return (
      <span key={index} className={styles.hidden} title={common.hiddenCharacter}>
        {part.text}
      </span>
    );
  });
}

/** A complete value as JSON, with invisible characters made visible. */
export function VisibleJson({ value, label }: { value: unknown; label: string }) {
  return (
    <pre className={styles.json} tabIndex={0} role="region" aria-label={label}>
      <VisibleText text={JSON.stringify(value, null, 2)} />
    </pre>
  );
}
