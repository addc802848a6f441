import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import { ShownPassword } from "../../entities/user/shown-password.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { slugOf } from "./slug.ts";
import { TenantFields, type TenantValues } from "./tenant-fields.tsx";
import { tenants as t } from "../../messages/en/tenants.ts";
import { users } from "../../messages/en/users.ts";

interface NewValues extends Omit<TenantValues, "slug"> {
  /** Null as long as it follows the name. */
  slug: string | null;
}

/** Makes a tenant with its administrator, and shows the first password, if one was made, this once. */
export function NewTenant({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [values, setValues] = useState<NewValues>({ name: "", slug: null, description: "" });
  const slug = values.slug ?? slugOf(values.name);
  const [email, setEmail] = useState("");
  const [adminName, setAdminName] = useState("");
  const [password, setPassword] = useState<string | null>(null);
  const create = async () => {
    const administrator = {
      email: email.trim(),
      ...(adminName.trim() !== "" && { name: adminName.trim() }),
    };
    const description = values.description.trim();
    const body = {
      name: values.name.trim(),
      slug,
      ...(description !== "" && { description }),
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
      <TenantFields
        values={{ ...values, slug }}
        slugHint={t.slugHint}
        slugPattern="[a-z0-9]([a-z0-9\-]*[a-z0-9])?"
        onChange={(part) => setValues({ ...values, ...part })}
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
