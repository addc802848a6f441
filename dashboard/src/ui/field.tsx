import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { useFieldError } from "./field-errors.tsx";
import { intoView } from "./into-view.ts";
import styles from "./field.module.css";

interface Control {
  id: string;
  className: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  /** What the API calls it, where its refusals are shown here. */
  field?: string | undefined;
  children: (control: Control) => ReactNode;
}

/** A label, a control and a hint that belong together, and what is wrong with what was entered. */
export function Field({ label, hint, field, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const error = useFieldError(field);
  const described = [hint !== undefined && hintId, error !== null && errorId].filter(Boolean);
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        className: styles.control ?? "",
        ...(described.length > 0 && { "aria-describedby": described.join(" ") }),
        ...(error !== null && { "aria-invalid": true }),
      })}
      {error !== null && (
        <p ref={intoView} id={errorId} role="alert" className={styles.error}>
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p id={hintId} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

type TextFieldProps = Omit<ComponentProps<"input">, "onChange" | "id"> & {
  label: string;
  hint?: ReactNode;
  field?: string;
  onText: (text: string) => void;
};

export function TextField({ label, hint, field, onText, className, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} field={field}>
      {(control) => (
        <input
          {...input}
          {...control}
          className={classNames(control.className, className)}
          onChange={(event) => onText(event.target.value)}
        />
      )}
    </Field>
  );
}

interface SelectFieldProps {
  label: string;
  hint?: ReactNode;
  field?: string;
  required?: boolean;
  value: string;
  onText: (value: string) => void;
  options: { value: string; label: string }[];
}

export function SelectField({
  label,
  hint,
  field,
  required = false,
  value,
  onText,
  options,
}: SelectFieldProps) {
  return (
    <Field label={label} hint={hint} field={field}>
      {(control) => (
        <select
          {...control}
          required={required}
          value={value}
          onChange={(event) => onText(event.target.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A search box whose label is only for screen readers. */
export function SearchBox({
  label,
  value,
  onText,
}: {
  label: string;
  value: string;
  onText: (text: string) => void;
}) {
  return (
    <input
      type="search"
      className={classNames(styles.control, styles.search)}
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onText(event.target.value)}
    />
  );
}
