import { useState } from "react";
import { api, call } from "../../api/client.ts";
import { credentials } from "../../api/credentials.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import styles from "./sign-in.module.css";

export function SignIn() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const submit = async () => {
    setBusy(true);
    setFailure(null);
    try {
      credentials.write(await call(api.POST("/api/auth/login", { body: { email, password } })));
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };

  return (
    <main className={styles.page}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <img src="/logo.svg" alt="" width="44" height="44" />
        <h1>Sign in to Sophon</h1>
        <TextField
          label="Email"
          type="email"
          name="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onText={setEmail}
        />
        <TextField
          label="Password"
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onText={setPassword}
        />
        {failure !== null && <ErrorText error={failure} />}
        <Button type="submit" look="primary" busy={busy}>
          Sign in
        </Button>
      </form>
      <p className={styles.hint}>
        The first administrator&rsquo;s password is printed once, when the gateway first starts.
      </p>
    </main>
  );
}
