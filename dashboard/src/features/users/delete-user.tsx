import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { UserAccount } from "../../api/types.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { SelectField } from "../../ui/field.tsx";
import { belongingsOf, inWords, type Belongings } from "./belongings.ts";
import { useHeirs } from "./use-users.ts";
import { users as t } from "../../messages/en/users.ts";

interface DeleteUserProps {
  user: UserAccount;
  onClose: () => void;
}

/** Deletes a user. If there is something to hand over, it asks to whom before anything is done. */
export function DeleteUser({ user, onClose }: DeleteUserProps) {
  const queries = useQueryClient();
  const [belongings, setBelongings] = useState<Belongings | null>(null);
  const [heir, setHeir] = useState("");
  const remove = async () => {
    const params = { path: { id: user.id }, query: heir === "" ? {} : { reassignTo: heir } };
    try {
      await call(api.DELETE("/api/admin/users/{id}", { params }));
    } catch (error) {
      const found = belongingsOf(error);
      if (found === null) throw error;
      setBelongings(found);
      return;
    }
    await queries.invalidateQueries({ queryKey: ["users"] });
    onClose();
  };
  return (
    <ActionDialog
      title={t.deleteTitle}
      action={t.deleteUser(user.name)}
      variant="danger"
      onClose={onClose}
      onConfirm={remove}
      onDone={() => undefined}
    >
      <p>{t.deleteAbout(user.name)}</p>
      {belongings && (
        <>
          <p role="status">{t.hasBelongings(user.name, inWords(belongings))}</p>
          <HeirField user={user} heir={heir} onHeir={setHeir} />
        </>
      )}
    </ActionDialog>
  );
}

interface HeirFieldProps {
  user: UserAccount;
  heir: string;
  onHeir: (heir: string) => void;
}

function HeirField({ user, heir, onHeir }: HeirFieldProps) {
  const heirs = useHeirs(user);
  return (
    <SelectField
      field="reassignTo"
      label={t.reassign}
      hint={t.reassignHint}
      required
      value={heir}
      onText={onHeir}
      options={[
        { value: "", label: t.chooseUser },
        ...heirs.map(({ id, name, email, roleName }) => ({
          value: id,
          label: t.heir(name, email, roleName),
        })),
      ]}
    />
  );
}
