import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { ErrorText } from "../ui/notice.tsx";
import styles from "./sign-in.module.css";

interface SignInFormProps {
  title: string;
  /** What the button that sends the form says. */
  action: string;
  busy: boolean;
  error: Error | null;
  onSubmit: () => void;
  /** The fields. */
  children: ReactNode;
  /** What else can be done, below the button. */
  more?: ReactNode;
}

/** A step of signing in: the product's sign, fields, and one button. */
export function SignInForm({
  title,
  action,
  busy,
  error,
  onSubmit,
  children,
  more,
}: SignInFormProps) {
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <img src="logo.svg" alt="" width="44" height="44" />
      <h1>{title}</h1>
      {children}
      {error && <ErrorText error={error} />}
      <Button type="submit" variant="primary" busy={busy}>
        {action}
      </Button>
      {more}
    </form>
  );
}
