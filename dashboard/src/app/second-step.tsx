import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, call } from "../api/client.ts";
import type { SignedIn } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { ErrorText } from "../ui/notice.tsx";
import styles from "./sign-in.module.css";
import { secondFactor as t } from "../messages/en/second-factor.ts";

/** What a right password is answered with where a second factor is asked for. */
export function challengeOf(error: unknown): string | null {
  if (!(error instanceof ApiError) || error.code !== "second_factor_required") return null;
  return (error.details as { challenge: string }).challenge;
}

interface SecondStepProps {
  challenge: string;
  onSignedIn: (signedIn: SignedIn) => Promise<void>;
  onBack: () => void;
}

/** The second step of a sign-in: a code of the app, or a recovery code. */
export function SecondStep({ challenge, onSignedIn, onBack }: SecondStepProps) {
  const [code, setCode] = useState("");
  const verify = useMutation({
    mutationFn: () =>
      call(api.POST("/api/auth/login/second-factor", { body: { challenge, code } })),
    onSuccess: onSignedIn,
    onError: () => setCode(""),
  });
  return (
    <main className={styles.page}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          verify.mutate();
        }}
      >
        <img src="logo.svg" alt="" width="44" height="44" />
        <h1>{t.signInTitle}</h1>
        <TextField
          label={t.eitherCode}
          hint={t.eitherHint}
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
          value={code}
          onText={setCode}
        />
        {verify.error && <ErrorText error={verify.error} />}
        <Button type="submit" variant="primary" busy={verify.isPending}>
          {t.verify}
        </Button>
        <Button onClick={onBack}>{t.startOver}</Button>
      </form>
    </main>
  );
}
