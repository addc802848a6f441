import { useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import type { Node } from "../../api/types.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { useNodeRefresh } from "./use-nodes.ts";
import { common } from "../../messages/en/common.ts";
import { nodes as t } from "../../messages/en/nodes.ts";

interface DialogProps {
  node: Node;
  onClose: () => void;
}

export function RenameNode({ node, onClose }: DialogProps) {
  const refresh = useNodeRefresh();
  const [name, setName] = useState(node.name);
  const rename = async () => {
    await call(
      api.PATCH("/api/nodes/{id}", {
        params: { path: { id: node.id } },
        body: { displayName: name.trim() },
      }),
    );
    await refresh();
  };
  return (
    <ActionDialog title={t.renameTitle} action={common.rename} onClose={onClose} onConfirm={rename}>
      <TextField label={common.name} required maxLength={200} value={name} onText={setName} />
    </ActionDialog>
  );
}

export function RevokeNode({ node, onClose }: DialogProps) {
  const refresh = useNodeRefresh();
  const [, navigate] = useLocation();
  const revoke = async () => {
    await call(api.DELETE("/api/nodes/{id}", { params: { path: { id: node.id } } }));
    navigate("/nodes", { replace: true });
    await refresh();
  };
  return (
    <ActionDialog
      title={t.revokeTitle}
      action={t.revoke}
      variant="danger"
      onClose={onClose}
      onConfirm={revoke}
    >
      <p>{t.revokeAbout(node.name)}</p>
    </ActionDialog>
  );
}
