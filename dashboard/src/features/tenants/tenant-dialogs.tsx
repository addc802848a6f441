import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { ManagedTenant, TenantPatch } from "../../api/types.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { TenantFields, type TenantValues } from "./tenant-fields.tsx";
import { useStatus } from "./use-status.ts";
import { common } from "../../messages/en/common.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

interface TenantDialogProps {
  tenant: ManagedTenant;
  onClose: () => void;
}

/** Changes what is shown here; what was not touched is not sent, so that it is not written over. */
export function EditTenant({ tenant, onClose }: TenantDialogProps) {
  const queries = useQueryClient();
  const before = { ...tenant, description: tenant.description ?? "" };
  const [values, setValues] = useState<TenantValues>(before);
  const save = async () => {
    const name = values.name.trim();
    const slug = values.slug.trim();
    const description = values.description.trim();
    const body: TenantPatch = {
      ...(name !== before.name && { name }),
      ...(slug !== before.slug && { slug }),
      ...(description !== before.description && {
        description: description === "" ? null : description,
      }),
    };
    const params = { path: { id: tenant.id } };
    await call(api.PATCH("/api/admin/tenants/{id}", { params, body }));
    await queries.invalidateQueries({ queryKey: ["tenants"] });
  };
  return (
    <ActionDialog title={t.editTitle} action={common.save} onClose={onClose} onConfirm={save}>
      <TenantFields
        values={values}
        slugHint={t.slugChangeHint}
        onChange={(part) => setValues({ ...values, ...part })}
      />
    </ActionDialog>
  );
}

export function DisableTenant({ tenant, onClose }: TenantDialogProps) {
  const disable = useStatus(tenant, "disabled");
  return (
    <ActionDialog
      title={t.disableTitle}
      action={t.disable}
      variant="danger"
      onClose={onClose}
      onConfirm={() => disable.mutateAsync()}
    >
      <p>{t.disableAbout(tenant.name)}</p>
    </ActionDialog>
  );
}

/** Names what is destroyed, and asks for the slug, since it cannot be undone. */
export function DeleteTenant({ tenant, onClose }: TenantDialogProps) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const remove = async () => {
    const params = { path: { id: tenant.id } };
    await call(api.DELETE("/api/admin/tenants/{id}", { params }));
    await queries.invalidateQueries({ queryKey: ["tenants"] });
  };
  return (
    <ActionDialog
      title={t.deleteTitle}
      action={t.deleteTenant}
      variant="danger"
      onClose={onClose}
      onConfirm={remove}
    >
      <p>{t.deleteAbout(tenant.name)}</p>
      <TextField
        label={t.deleteConfirm(tenant.slug)}
        required
        autoComplete="off"
        pattern={tenant.slug}
        value={typed}
        onText={setTyped}
      />
    </ActionDialog>
  );
}
