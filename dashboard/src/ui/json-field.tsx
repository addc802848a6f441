import { Field } from "./field.tsx";
import { classNames } from "./class-names.ts";
import styles from "./json-field.module.css";
import type { ParsedObject } from "./json-object.ts";

interface JsonFieldProps {
  label: string;
  /** Shown below the field while its content is valid. */
  hint: string;
  rows: number;
  autoFocus?: boolean;
  text: string;
  parsed: ParsedObject;
  onText: (text: string) => void;
}

/** An editor for a JSON object, with the problem of its content. */
export function JsonField({
  label,
  hint,
  rows,
  autoFocus = false,
  text,
  parsed,
  onText,
}: JsonFieldProps) {
  const wrong = !parsed.ok && (
    <span role="alert" className={styles.wrong}>
      {parsed.problem}
    </span>
  );
  return (
    <Field label={label} hint={wrong || hint}>
      {(control) => (
        <textarea
          {...control}
          className={classNames(control.className, styles.json)}
          rows={rows}
          spellCheck={false}
          autoFocus={autoFocus}
          aria-invalid={!parsed.ok}
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
      )}
    </Field>
  );
}
