import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./field.module.css";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  children: (control: { id: string; className: string; "aria-describedby"?: string }) => ReactNode;
}

/** A label, a control and a hint that belong together. */
export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        className: styles.control ?? "",
        ...(hint !== undefined && { "aria-describedby": hintId }),
      })}
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
  onText: (text: string) => void;
};

export function TextField({ label, hint, onText, className, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint}>
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
  value: string;
  onText: (value: string) => void;
  options: { value: string; label: string }[];
}

export function SelectField({ label, hint, value, onText, options }: SelectFieldProps) {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <select {...control} value={value} onChange={(event) => onText(event.target.value)}>
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
