/** The user's own account: name, email and password. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { EntryBody, Note, Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAuth } from "../../entities/user/auth.ts";
import styles from "./settings.module.css";
import { common } from "../../messages/en/common.ts";
import { settings as t } from "../../messages/en/settings.ts";
import { shell } from "../../messages/en/shell.ts";

export function Account() {
  const { user, signOut } = useAuth();
  const { attempt } = useToast();
  const [open, setOpen] = useState<"profile" | "password" | null>(null);
  const close = () => setOpen(null);
  return (
    <Section title={t.account}>
      <EntryBody
        title={user.name}
        actions={
          signOut ? (
            <Button onClick={() => void attempt(signOut)}>{t.signOut}</Button>
          ) : (
            <Note>{t.autoSignIn}</Note>
          )
        }
      >
        <p>{[user.email, user.roleName, user.tenant.name].join(common.separator)}</p>
      </EntryBody>
      <div className={styles.buttons}>
        <Button icon="pencil" onClick={() => setOpen("profile")}>
          {t.editProfile}
        </Button>
        {signOut && (
          <Button icon="key" onClick={() => setOpen("password")}>
            {t.changePassword}
          </Button>
        )}
      </div>
      {open === "profile" && <EditProfile onClose={close} />}
      {open === "password" && <ChangePassword onClose={close} />}
    </Section>
  );
}

function EditProfile({ onClose }: { onClose: () => void }) {
  const { user } = useAuth();
  const queries = useQueryClient();
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email);
  const save = async () => {
    // What was not touched is not sent, so that it is not written over.
    const body = {
      ...(name.trim() !== user.name && { name: name.trim() }),
      ...(email.trim() !== user.email && { email: email.trim() }),
    };
    queries.setQueryData(["auth", "me"], await call(api.PATCH("/api/auth/me", { body })));
  };
  return (
    <ActionDialog title={t.editProfile} action={common.save} onClose={onClose} onConfirm={save}>
      <TextField
        label={common.name}
        required
        maxLength={200}
        autoComplete="name"
        value={name}
        onText={setName}
      />
      <TextField
        label={shell.email}
        type="email"
        required
        maxLength={254}
        autoComplete="email"
        value={email}
        onText={setEmail}
      />
    </ActionDialog>
  );
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const { user } = useAuth();
  const queries = useQueryClient();
  const { notify } = useToast();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const change = async () => {
    if (again !== password) throw new Error(shell.passwordsDiffer);
    const body = { currentPassword: current, newPassword: password };
    await call(api.POST("/api/auth/password", { body }));
    await queries.invalidateQueries({ queryKey: ["auth-sessions"] });
    notify(t.passwordChanged);
  };
  return (
    <ActionDialog
      title={t.changePassword}
      action={t.changePassword}
      onClose={onClose}
      onConfirm={change}
    >
      {/* Password managers learn by it whose password it is. */}
      <input type="hidden" name="username" autoComplete="username" value={user.email} readOnly />
      <TextField
        label={t.currentPassword}
        type="password"
        autoComplete="current-password"
        required
        value={current}
        onText={setCurrent}
      />
      <TextField
        label={shell.newPassword}
        hint={shell.passwordHint}
        type="password"
        autoComplete="new-password"
        minLength={8}
        required
        value={password}
        onText={setPassword}
      />
      <TextField
        label={shell.passwordAgain}
        hint={again !== "" && again !== password ? shell.passwordsDiffer : undefined}
        type="password"
        autoComplete="new-password"
        required
        value={again}
        onText={setAgain}
      />
      <Note>{t.passwordAbout}</Note>
    </ActionDialog>
  );
}
