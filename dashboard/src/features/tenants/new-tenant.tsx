import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import { ShownPassword } from "../../entities/user/shown-password.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { slugOf } from "./slug.ts";
import { common } from "../../messages/en/common.ts";
import { tenants as t } from "../../messages/en/tenants.ts";
import { users } from "../../messages/en/users.ts";

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
    const shown = { title: users.firstPassword, email: email.trim(), password };
    return <ShownPassword {...shown} onClose={onClose} />;
  }
  return (
    <ActionDialog
      title={t.newTenant}
      action={t.createTenant}
      onClose={onClose}
      onConfirm={create}
      onDone={setPassword}
    >
      <TextField
        field="name"
        label={common.name}
        required
        maxLength={200}
        value={name}
        onText={setName}
      />
      <TextField
        field="slug"
        label={t.slug}
        hint={t.slugHint}
        required
        maxLength={63}
        pattern="[a-z0-9]([a-z0-9\-]*[a-z0-9])?"
        value={slug ?? slugOf(name)}
        onText={setSlug}
      />
      <TextField
        field="description"
        label={t.description}
        maxLength={2000}
        value={description}
        onText={setDescription}
      />
      <TextField
        field="administrator.email"
        label={t.adminEmail}
        hint={t.adminEmailHint}
        type="email"
        required
        maxLength={254}
        value={email}
        onText={setEmail}
      />
      <TextField
        field="administrator.name"
        label={t.adminName}
        hint={t.adminNameHint}
        maxLength={200}
        value={adminName}
        onText={setAdminName}
      />
    </ActionDialog>
  );
}
