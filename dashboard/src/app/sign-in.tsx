import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../api/client.ts";
import { credentials } from "../api/credentials.ts";
import type { SignedIn } from "../api/types.ts";
import { TextField } from "../ui/field.tsx";
import { connectPending, pendingLink } from "../entities/user/company-account.ts";
import { ChoosePassword } from "./choose-password.tsx";
import { ProviderButtons } from "./provider-buttons.tsx";
import { SecondStep, challengeOf } from "./second-step.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import styles from "./sign-in.module.css";
import { shell } from "../messages/en/shell.ts";

export function SignIn() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  /** A sign-in whose password has to be changed before it is kept. */
  const [due, setDue] = useState<SignedIn | null>(null);
  /** A sign-in that waits for a code. */
  const [challenge, setChallenge] = useState<string | null>(null);
  const keep = async (signedIn: SignedIn) => {
    await connectPending(signedIn);
    (signedIn.user.passwordDue ? setDue : credentials.write)(signedIn);
  };
  const signIn = useMutation({
    mutationFn: () => call(api.POST("/api/auth/login", { body: { email, password } })),
    onSuccess: keep,
    onError: (error) => setChallenge(challengeOf(error)),
  });
  if (due !== null) return <ChoosePassword signedIn={due} current={password} />;
  if (challenge !== null) {
    const back = () => {
      setChallenge(null);
      signIn.reset();
    };
    return <SecondStep challenge={challenge} onSignedIn={keep} onBack={back} />;
  }

  return (
    <main className={styles.page}>
      <SignInForm
        title={shell.signInTitle}
        action={shell.signIn}
        busy={signIn.isPending}
        error={signIn.error}
        onSubmit={() => signIn.mutate()}
      >
        {pendingLink.read() !== null && <p>{shell.connectHint}</p>}
        <TextField
          label={shell.email}
          type="email"
          name="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onText={setEmail}
        />
        <TextField
          label={shell.password}
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onText={setPassword}
        />
      </SignInForm>
      <ProviderButtons />
      <p className={styles.hint}>{shell.firstPassword}</p>
    </main>
  );
}
