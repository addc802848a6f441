import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAuth } from "../../entities/user/auth.ts";
import { Announce } from "./announce.tsx";
import { ApiTokens } from "./api-tokens.tsx";
import { BrowserNotices } from "./browser-notices.tsx";
import { Devices } from "./devices.tsx";
import styles from "./settings.module.css";
import { setTheme, useTheme, type Theme } from "./theme.ts";
import { common } from "../../messages/en/common.ts";
import { navigation } from "../../messages/en/navigation.ts";
import { settings as t } from "../../messages/en/settings.ts";

const THEMES = ["system", "light", "dark"] as const satisfies Theme[];

export function SettingsPage() {
  return (
    <Page title={navigation.settings} slim>
      <Account />
      <Appearance />
      <BrowserNotices />
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
      <h2 id="account">{t.account}</h2>
      <div className={styles.entry}>
        <div className={styles.what}>
          <strong>{user.name}</strong>
          <p>{[user.email, user.roleName, user.tenant.name].join(common.separator)}</p>
        </div>
        {signOut ? (
          <Button onClick={() => void attempt(signOut)}>{t.signOut}</Button>
        ) : (
          <span className={styles.note}>{t.autoSignIn}</span>
        )}
      </div>
    </section>
  );
}

function Appearance() {
  const theme = useTheme();
  return (
    <section aria-labelledby="appearance">
      <h2 id="appearance">{t.appearance}</h2>
      <div role="radiogroup" aria-labelledby="appearance" className={styles.themes}>
        {THEMES.map((value) => (
          <label key={value}>
            <input
              type="radio"
              name="theme"
              checked={theme === value}
              onChange={() => setTheme(value)}
            />
            {t.theme[value]}
          </label>
        ))}
      </div>
    </section>
  );
}
