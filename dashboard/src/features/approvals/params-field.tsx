import { Field } from "../../ui/field.tsx";
import { classNames } from "../../ui/class-names.ts";
import styles from "./params-field.module.css";
import type { ParsedParams } from "./params-text.ts";

interface ParamsFieldProps {
  label: string;
  /** Below the field, as long as nothing is wrong with what it holds. */
  hint: string;
  rows: number;
  autoFocus?: boolean;
  text: string;
  parsed: ParsedParams;
  onText: (text: string) => void;
}

/** Arguments as a person writes them, with what is wrong with them. */
export function ParamsField({
  label,
  hint,
  rows,
  autoFocus = false,
  text,
  parsed,
  onText,
}: ParamsFieldProps) {
  const wrong = !parsed.ok && (
    <span role="alert" className={styles.wrong}>
      {parsed.why}
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
