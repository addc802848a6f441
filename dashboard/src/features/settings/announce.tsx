import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Announcement } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { Field, SelectField, TextField } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useMay } from "../auth/auth.tsx";
import styles from "./settings.module.css";

const SEVERITIES: { value: Announcement["severity"]; label: string }[] = [
  { value: "info", label: "For information" },
  { value: "warning", label: "Needs a look" },
  { value: "critical", label: "Critical: stays in sight until it is dismissed" },
];

export function Announce() {
  const mayAnnounce = useMay("SendAnnouncements");
  const [open, setOpen] = useState(false);
  if (!mayAnnounce) return null;
  return (
    <section aria-labelledby="announce">
      <div className={styles.head}>
        <h2 id="announce">Announcements</h2>
        <Button icon="bell" onClick={() => setOpen(true)}>
          Announce
        </Button>
      </div>
      <p className={styles.note}>Told at once to everybody in your tenant who is on.</p>
      {open && <AnnounceDialog onClose={() => setOpen(false)} />}
    </section>
  );
}

function AnnounceDialog({ onClose }: { onClose: () => void }) {
  const { say } = useToast();
  const [title, setTitle] = useState("");
  const [body, setBody] = useState("");
  const [severity, setSeverity] = useState<Announcement["severity"]>("info");
  const announce = async () => {
    await call(
      api.POST("/api/admin/announcements", {
        body: { title: title.trim(), body: body.trim(), severity },
      }),
    );
    say("Announced");
  };
  return (
    <ActionDialog title="Announce" action="Tell everybody" onClose={onClose} onConfirm={announce}>
      <TextField label="Title" required maxLength={200} value={title} onText={setTitle} />
      <Field label="Text">
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
        label="Weight"
        value={severity}
        onText={(value) => setSeverity(value as Announcement["severity"])}
        options={SEVERITIES}
      />
    </ActionDialog>
  );
}
