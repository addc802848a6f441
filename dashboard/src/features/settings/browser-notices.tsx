import { setBrowserNotices, useBrowserNotices } from "../../entities/notice/browser-notices.ts";
import { Button } from "../../ui/button.tsx";
import { useToast } from "../../ui/toast.tsx";
import styles from "./settings.module.css";
import { settings as t } from "../../messages/en/settings.ts";

/** Turns the notifications of this browser on and off. */
export function BrowserNotices() {
  const notices = useBrowserNotices();
  const { attempt } = useToast();
  return (
    <section aria-labelledby="browser-notices">
      <div className={styles.head}>
        <h2 id="browser-notices">{t.browserNotices}</h2>
        {(notices === "on" || notices === "off") && (
          <Button
            icon="bell"
            onClick={() => void attempt(() => setBrowserNotices(notices === "off"))}
          >
            {notices === "on" ? t.turnOff : t.turnOn}
          </Button>
        )}
      </div>
      <p className={styles.note}>{t.browserNoticesAre[notices]}</p>
    </section>
  );
}
