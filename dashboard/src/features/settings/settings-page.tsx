import { Page } from "../../ui/page.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Section } from "../../ui/section.tsx";
import { Account } from "./account.tsx";
import { Announce } from "./announce.tsx";
import { ApiTokens } from "./api-tokens.tsx";
import { BrowserNotices } from "./browser-notices.tsx";
import { Devices } from "./devices.tsx";
import { SecondFactor } from "./second-factor.tsx";
import styles from "./settings.module.css";
import { setTheme, useTheme, type Theme } from "./theme.ts";
import {
  chooseLanguage,
  chosenLanguage,
  LANGUAGES,
  type Language,
} from "../../messages/catalogue.ts";
import { navigation } from "../../messages/en/navigation.ts";
import { settings as t } from "../../messages/en/settings.ts";

const THEMES = ["system", "light", "dark"] as const satisfies Theme[];

export function SettingsPage() {
  return (
    <Page title={navigation.settings} slim>
      <Account />
      <SecondFactor />
      <Appearance />
      <BrowserNotices />
      <ApiTokens />
      <Devices />
      <Announce />
    </Page>
  );
}

function Appearance() {
  const theme = useTheme();
  return (
    <Section title={t.appearance}>
      <div role="radiogroup" aria-label={t.appearance} className={styles.themes}>
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
      <Languages />
    </Section>
  );
}

/** The language of the dashboard. */
function Languages() {
  const choose = (value: string) => {
    chooseLanguage(value === "" ? null : (value as Language));
    // Texts are read where they are shown, all of them anew.
    location.reload();
  };
  return (
    <SelectField
      label={t.language}
      value={chosenLanguage() ?? ""}
      onText={choose}
      options={[
        { value: "", label: t.browserLanguage },
        ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
      ]}
    />
  );
}
