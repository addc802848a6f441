import { Empty } from "../../ui/notice.tsx";
import { models as t } from "../../messages/en/models.ts";

/** In place of what a person may not see: the gateway would refuse each part of it alone. */
export function NotAllowed() {
  return (
    <Empty title={t.notAllowedTitle}>
      <p>{t.notAllowedAbout}</p>
    </Empty>
  );
}
