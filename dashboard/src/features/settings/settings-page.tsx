import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAuth } from "../auth/auth.tsx";
import { Announce } from "./announce.tsx";
import { ApiTokens } from "./api-tokens.tsx";
import { Devices } from "./devices.tsx";
import styles from "./settings.module.css";
import { setTheme, useTheme, type Theme } from "./theme.ts";

const THEMES: { value: Theme; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function SettingsPage() {
  return (
    <Page title="Settings" slim>
      <Account />
      <Appearance />
      <ApiTokens />
      <Devices />
      <Announce />
    </Page>
  );
}

function Account() {
  const { user, signOut } = useAuth();
  const { attempt } = useToast();
  return (
    <section aria-labelledby="account">
      <h2 id="account">Account</h2>
      <div className={styles.entry}>
        <div className={styles.what}>
          <strong>{user.name}</strong>
          <p>
            {user.email} · {user.role} · {user.tenant.name}
          </p>
        </div>
        {signOut ? (
          <Button onClick={() => void attempt(signOut)}>Sign out</Button>
        ) : (
          <span className={styles.note}>Signed in automatically on this machine</span>
        )}
      </div>
    </section>
  );
}

function Appearance() {
  const theme = useTheme();
  return (
    <section aria-labelledby="appearance">
      <h2 id="appearance">Appearance</h2>
      <div role="radiogroup" aria-labelledby="appearance" className={styles.themes}>
        {THEMES.map(({ value, label }) => (
          <label key={value}>
            <input
              type="radio"
              name="theme"
              checked={theme === value}
              onChange={() => setTheme(value)}
            />
            {label}
          </label>
        ))}
      </div>
    </section>
  );
}
