import { setBrowserNotices, useBrowserNotices } from "../../entities/notice/browser-notices.ts";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";
import { settings as t } from "../../messages/en/settings.ts";

/** Turns the notifications of this browser on and off. */
export function BrowserNotices() {
  const notices = useBrowserNotices();
  const { attempt } = useToast();
  return (
    <Section
      title={t.browserNotices}
      note={t.browserNoticesAre[notices]}
      action={
        (notices === "on" || notices === "off") && (
          <Button
            icon="bell"
            onClick={() => void attempt(() => setBrowserNotices(notices === "off"))}
          >
            {notices === "on" ? t.turnOff : t.turnOn}
          </Button>
        )
      }
    />
  );
}
