import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import type { Session } from "../../api/types.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { sessionTitle } from "./session-title.ts";
import { common } from "../../messages/en/common.ts";
import { conversation as t } from "../../messages/en/conversation.ts";

interface DialogProps {
  session: Session;
  onClose: () => void;
}

export function RenameSession({ session, onClose }: DialogProps) {
  const queries = useQueryClient();
  const [title, setTitle] = useState(session.title);
  const rename = async () => {
    const renamed = await call(
      api.PATCH("/api/sessions/{id}", {
        params: { path: { id: session.id } },
        body: { title: title.trim() },
      }),
    );
    queries.setQueryData(["session", session.id], renamed);
    await queries.invalidateQueries({ queryKey: ["sessions"] });
  };
  return (
    <ActionDialog title={t.renameTitle} action={common.rename} onClose={onClose} onConfirm={rename}>
      <TextField label={common.title} required maxLength={200} value={title} onText={setTitle} />
    </ActionDialog>
  );
}

export function DeleteSession({ session, onClose }: DialogProps) {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const remove = async () => {
    await call(api.DELETE("/api/sessions/{id}", { params: { path: { id: session.id } } }));
    await queries.invalidateQueries({ queryKey: ["sessions"] });
    navigate("/", { replace: true });
  };
  return (
    <ActionDialog
      title={t.deleteTitle}
      action={common.delete}
      variant="danger"
      onClose={onClose}
      onConfirm={remove}
    >
      <p>{t.deleteAbout(sessionTitle(session))}</p>
    </ActionDialog>
  );
}
