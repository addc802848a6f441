import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Node } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { Working } from "../../ui/status.tsx";
import { NodeState } from "./node-state.tsx";
import styles from "./nodes.module.css";
import { ScopePicker } from "./scope-picker.tsx";
import { useNodeRefresh } from "./use-nodes.ts";

/** Lets a machine in that asks for it, or turns it down. */
export function PairingDecision({ node }: { node: Node }) {
  const [scopes, setScopes] = useState(node.scopes);
  const refresh = useNodeRefresh();
  const params = { path: { id: node.id } };
  const approve = useMutation({
    mutationFn: () => call(api.POST("/api/nodes/{id}/approve", { params, body: { scopes } })),
    onSuccess: refresh,
  });
  const reject = useMutation({
    mutationFn: () => call(api.POST("/api/nodes/{id}/reject", { params })),
    onSuccess: refresh,
  });
  const error = approve.error ?? reject.error;

  if (node.status !== "pending") {
    return (
      <p className={styles.waiting} role="status">
        <NodeState node={node} />
        {node.status === "approved" && <Working />}
      </p>
    );
  }
  return (
    <div className={styles.form}>
      <p className={styles.code} aria-label="Pairing code">
        {node.pairingCode}
      </p>
      <p className={styles.note}>
        Approve only if the machine shows this very code. The machine takes its token within
        seconds.
      </p>
      <ScopePicker scopes={scopes} onChange={setScopes} />
      {error && <ErrorText error={error} />}
      <div className={styles.actions}>
        <Button look="primary" busy={approve.isPending} onClick={() => approve.mutate()}>
          Approve node
        </Button>
        <Button look="danger" busy={reject.isPending} onClick={() => reject.mutate()}>
          Reject
        </Button>
      </div>
    </div>
  );
}
