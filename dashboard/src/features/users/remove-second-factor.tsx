import { useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { UserAccount } from "../../api/types.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { secondFactor as t } from "../../messages/en/second-factor.ts";

interface RemoveSecondFactorProps {
  user: UserAccount;
  onClose: () => void;
}

/** For a user who has lost the app and the recovery codes. */
export function RemoveSecondFactor({ user, onClose }: RemoveSecondFactorProps) {
  const queries = useQueryClient();
  const remove = async () => {
    const params = { path: { id: user.id } };
    await call(api.DELETE("/api/admin/users/{id}/second-factor", { params }));
    await queries.invalidateQueries({ queryKey: ["users"] });
  };
  return (
    <ActionDialog
      title={t.remove}
      action={t.remove}
      variant="danger"
      onClose={onClose}
      onConfirm={remove}
    >
      <p>{t.removeAbout(user.name)}</p>
    </ActionDialog>
  );
}
