import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../api/client.ts";
import { credentials } from "../api/credentials.ts";
import type { SignedIn } from "../api/types.ts";
import { TextField } from "../ui/field.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import styles from "./sign-in.module.css";
import { shell } from "../messages/en/shell.ts";

interface ChoosePasswordProps {
  signedIn: SignedIn;
  /** The password that somebody else chose. */
  current: string;
}

/** The first sign-in: a password of one's own in place of the one that somebody else chose. */
export function ChoosePassword({ signedIn, current }: ChoosePasswordProps) {
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const change = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/auth/password", {
          body: { currentPassword: current, newPassword: password },
          headers: { Authorization: `Bearer ${signedIn.accessToken}` },
        }),
      ),
    onSuccess: () => credentials.write(signedIn),
  });
  const differs = again !== "" && again !== password;

  return (
    <main className={styles.page}>
      <SignInForm
        title={shell.choosePassword}
        action={shell.savePassword}
        busy={change.isPending}
        error={change.error}
        onSubmit={() => {
          if (again === password) change.mutate();
        }}
      >
        <p>{shell.choosePasswordWhy(signedIn.user.email)}</p>
        <TextField
          label={shell.newPassword}
          type="password"
          name="new-password"
          autoComplete="new-password"
          minLength={8}
          required
          autoFocus
          value={password}
          onText={setPassword}
          hint={shell.passwordHint}
        />
        <TextField
          label={shell.passwordAgain}
          type="password"
          name="new-password-again"
          autoComplete="new-password"
          required
          value={again}
          onText={setAgain}
          hint={differs ? shell.passwordsDiffer : undefined}
        />
      </SignInForm>
    </main>
  );
}
