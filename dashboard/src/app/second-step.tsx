import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, call } from "../api/client.ts";
import type { SignedIn } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { SignInForm } from "./sign-in-form.tsx";
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
      <SignInForm
        title={t.signInTitle}
        action={t.verify}
        busy={verify.isPending}
        error={verify.error}
        onSubmit={() => verify.mutate()}
        more={<Button onClick={onBack}>{t.startOver}</Button>}
      >
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
      </SignInForm>
    </main>
  );
}
