import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Permission } from "../../api/types.ts";
import { useAuth } from "../../entities/user/auth.ts";
import { PermissionList } from "../../entities/user/permission-list.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import styles from "./new-token.module.css";
import { common } from "../../messages/en/common.ts";
import { settings as t } from "../../messages/en/settings.ts";

/** The lifetimes on offer, in days. */
const LIFETIMES = [30, 90, 365];

interface NewTokenProps {
  onClose: () => void;
  onCreated: (secret: string) => void;
}

export function NewToken({ onClose, onCreated }: NewTokenProps) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  /** Null for all that the user has. */
  const [permissions, setPermissions] = useState<Permission[] | null>(null);
  const create = async () => {
    const created = await call(
      api.POST("/api/auth/tokens", {
        body: {
          name: name.trim(),
          ...(days !== "" && { expiresInDays: Number(days) }),
          ...(permissions !== null && { permissions }),
        },
      }),
    );
    await queries.invalidateQueries({ queryKey: ["api-tokens"] });
    return created.token;
  };
  return (
    <ActionDialog
      title={t.newTokenTitle}
      action={t.createToken}
      onClose={onClose}
      onConfirm={create}
      onDone={onCreated}
    >
      <TextField
        label={common.name}
        required
        maxLength={100}
        value={name}
        onText={setName}
        hint={t.tokenFor}
      />
      <SelectField
        label={t.validFor}
        value={days}
        onText={setDays}
        options={[
          ...LIFETIMES.map((count) => ({
            value: String(count),
            label: count === 365 ? t.year : t.days(count),
          })),
          { value: "", label: t.never },
        ]}
      />
      <Permissions chosen={permissions} onChange={setPermissions} />
    </ActionDialog>
  );
}

interface PermissionsProps {
  chosen: Permission[] | null;
  onChange: (chosen: Permission[] | null) => void;
}

/** All permissions of the user, or only those that are chosen. */
function Permissions({ chosen, onChange }: PermissionsProps) {
  const { permissions } = useAuth().user;
  return (
    <fieldset className={styles.permissions}>
      <legend>{t.permissions}</legend>
      <label>
        <input type="radio" checked={chosen === null} onChange={() => onChange(null)} />
        {t.allPermissions}
      </label>
      <label>
        <input type="radio" checked={chosen !== null} onChange={() => onChange([])} />
        {t.onlyThese}
      </label>
      {chosen !== null && (
        <PermissionList offered={permissions} chosen={chosen} onChange={onChange} />
      )}
      {chosen?.length === 0 && <p>{t.readsOnly}</p>}
    </fieldset>
  );
}
