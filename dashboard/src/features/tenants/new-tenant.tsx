import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { ActionDialog, Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { slugOf } from "./slug.ts";
import styles from "./tenants.module.css";
import { common } from "../../messages/en/common.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

/** Makes a tenant with its administrator, and shows the first password, if one was made, this once. */
export function NewTenant({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const [description, setDescription] = useState("");
  const [email, setEmail] = useState("");
  const [adminName, setAdminName] = useState("");
  const [password, setPassword] = useState<string | null>(null);
  const create = async () => {
    const administrator = {
      email: email.trim(),
      ...(adminName.trim() !== "" && { name: adminName.trim() }),
    };
    const body = {
      name: name.trim(),
      slug: slug ?? slugOf(name),
      ...(description.trim() !== "" && { description: description.trim() }),
      administrator,
    };
    const created = await call(api.POST("/api/admin/tenants", { body }));
    await queries.invalidateQueries({ queryKey: ["tenants"] });
    return created.password;
  };
  if (password !== null) {
    return (
      <Dialog title={t.firstPassword} onClose={onClose}>
        <div className={styles.sheet}>
          <p>{t.firstPasswordAbout(email.trim())}</p>
          <Copyable text={password} />
          <div className={styles.done}>
            <Button variant="primary" onClick={onClose}>
              {common.done}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <ActionDialog
      title={t.newTenant}
      action={t.createTenant}
      onClose={onClose}
      onConfirm={create}
      onDone={setPassword}
    >
      <TextField label={common.name} required maxLength={200} value={name} onText={setName} />
      <TextField
        label={t.slug}
        hint={t.slugHint}
        required
        maxLength={63}
        pattern="[a-z0-9]([a-z0-9\-]*[a-z0-9])?"
        value={slug ?? slugOf(name)}
        onText={setSlug}
      />
      <TextField
        label={t.description}
        maxLength={2000}
        value={description}
        onText={setDescription}
      />
      <TextField
        label={t.adminEmail}
        hint={t.adminEmailHint}
        type="email"
        required
        maxLength={254}
        value={email}
        onText={setEmail}
      />
      <TextField
        label={t.adminName}
        hint={t.adminNameHint}
        maxLength={200}
        value={adminName}
        onText={setAdminName}
      />
    </ActionDialog>
  );
}
