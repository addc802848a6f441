import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { UserAccount } from "../../api/types.ts";
import { belongingsOf, type Belongings } from "../../entities/user/belongings.ts";
import { HandOver } from "../../entities/user/hand-over.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
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
      <p>{user.guest ? t.deleteGuestAbout(user.name) : t.deleteAbout(user.name)}</p>
      {belongings && (
        <HandOverOf user={user} belongings={belongings} heir={heir} onHeir={setHeir} />
      )}
    </ActionDialog>
  );
}

interface HandOverOfProps {
  user: UserAccount;
  belongings: Belongings;
  heir: string;
  onHeir: (heir: string) => void;
}

function HandOverOf({ user, ...rest }: HandOverOfProps) {
  return <HandOver name={user.name} heirs={useHeirs(user)} {...rest} />;
}
