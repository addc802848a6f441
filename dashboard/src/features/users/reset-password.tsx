import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { UserAccount } from "../../api/types.ts";
import { ShownPassword } from "../../entities/user/shown-password.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { users as t } from "../../messages/en/users.ts";

interface ResetPasswordProps {
  user: UserAccount;
  onClose: () => void;
}

/** Gives a user a new password in place of one that was forgotten, and shows it this once. */
export function ResetPassword({ user, onClose }: ResetPasswordProps) {
  const queries = useQueryClient();
  const [password, setPassword] = useState<string | null>(null);
  const reset = async () => {
    const params = { path: { id: user.id } };
    const answer = await call(api.POST("/api/admin/users/{id}/password", { params }));
    await queries.invalidateQueries({ queryKey: ["users"] });
    return answer.password;
  };
  if (password !== null) {
    const shown = { title: t.newPassword, email: user.email, password };
    return <ShownPassword {...shown} onClose={onClose} />;
  }
  return (
    <ActionDialog
      title={t.resetPassword}
      action={t.resetPassword}
      onClose={onClose}
      onConfirm={reset}
      onDone={setPassword}
    >
      <p>{t.resetPasswordAbout(user.name)}</p>
    </ActionDialog>
  );
}
