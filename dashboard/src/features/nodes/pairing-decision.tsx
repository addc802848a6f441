import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, call } from "../../api/client.ts";
import type { Node } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import detail from "../../ui/detail.module.css";
import { ErrorText } from "../../ui/notice.tsx";
import { Working } from "../../ui/status.tsx";
import styles from "./nodes.module.css";
import { ScopePicker } from "./scope-picker.tsx";
import { useNodeRefresh } from "./use-nodes.ts";

interface PairingDecisionProps {
  node: Node;
  /** Empties the form for a new node, where that is what is shown. */
  onAnew?: () => void;
}

/** Lets a machine in that asks for it, or turns it down. */
export function PairingDecision({ node, onAnew }: PairingDecisionProps) {
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

  if (node.status === "approved") {
    return (
      <p className={styles.waiting} role="status">
        <Working />
        Approved. The machine takes its token as soon as <code>sophon-node pair</code> asks for it.
      </p>
    );
  }
  if (node.status === "rejected") {
    return (
      <p role="status">
        The machine was turned down and cannot connect. If it should after all,{" "}
        <Link href="/nodes/new" onClick={onAnew}>
          register it anew
        </Link>
        .
      </p>
    );
  }
  return (
    <div className={detail.form}>
      <p className={styles.code} aria-label="Pairing code">
        {node.pairingCode}
      </p>
      <p className={detail.note}>
        Approve only if the machine shows this very code. The machine takes its token within
        seconds.
      </p>
      <details className={styles.granted}>
        <summary>
          It may use {scopes.length === 0 ? "nothing yet" : scopes.join(", ")}. Change that
        </summary>
        <ScopePicker scopes={scopes} onChange={setScopes} />
      </details>
      {error && <ErrorText error={error} />}
      <div className={detail.actions}>
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
