import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Announcement } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { Field, SelectField, TextField } from "../../ui/field.tsx";
import { Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useCan } from "../../entities/user/auth.ts";
import { common } from "../../messages/en/common.ts";
import { settings as t } from "../../messages/en/settings.ts";

const SEVERITIES = ["info", "warning", "critical"] as const satisfies Announcement["severity"][];

export function Announce() {
  const canAnnounce = useCan("SendAnnouncements");
  const [open, setOpen] = useState(false);
  if (!canAnnounce) return null;
  return (
    <Section
      title={t.announcements}
      note={t.announcementsAbout}
      action={
        <Button icon="bell" onClick={() => setOpen(true)}>
          {t.announce}
        </Button>
      }
    >
      {open && <AnnounceDialog onClose={() => setOpen(false)} />}
    </Section>
  );
}

function AnnounceDialog({ onClose }: { onClose: () => void }) {
  const { notify } = useToast();
  const [title, setTitle] = useState("");
  const [body, setBody] = useState("");
  const [severity, setSeverity] = useState<Announcement["severity"]>("info");
  const announce = async () => {
    await call(
      api.POST("/api/admin/announcements", {
        body: { title: title.trim(), body: body.trim(), severity },
      }),
    );
    notify(t.sent);
  };
  return (
    <ActionDialog title={t.announce} action={t.send} onClose={onClose} onConfirm={announce}>
      <TextField label={common.title} required maxLength={200} value={title} onText={setTitle} />
      <Field label={t.text}>
        {(control) => (
          <textarea
            {...control}
            rows={5}
            required
            maxLength={4000}
            value={body}
            onChange={(event) => setBody(event.target.value)}
          />
        )}
      </Field>
      <SelectField
        label={t.severity}
        value={severity}
        onText={(value) => setSeverity(value as Announcement["severity"])}
        options={SEVERITIES.map((value) => ({ value, label: t.severities[value] }))}
      />
    </ActionDialog>
  );
}
