import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, call } from "../../api/client.ts";
import type { Node } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import detail from "../../ui/detail.module.css";
import { ErrorText } from "../../ui/notice.tsx";
import { Rich } from "../../ui/rich.tsx";
import { ActivityDots } from "../../ui/status.tsx";
import styles from "./nodes.module.css";
import { ScopePicker } from "./scope-picker.tsx";
import { useNodeRefresh } from "./use-nodes.ts";
import { nodes as t } from "../../messages/en/nodes.ts";

interface PairingDecisionProps {
  node: Node;
  /** Resets the form for a new node, if this is shown in it. */
  onRestart?: () => void;
}

/** Approves or rejects a machine that wants to pair. */
export function PairingDecision({ node, onRestart }: PairingDecisionProps) {
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
        <ActivityDots />
        <span>
          <Rich text={t.awaitingToken} />
        </span>
      </p>
    );
  }
  if (node.status === "rejected") {
    return (
      <p role="status">
        <Rich
          text={t.rejectedAbout}
          parts={{
            link: (content) => (
              <Link href="/nodes/new" onClick={onRestart}>
                {content}
              </Link>
            ),
          }}
        />
      </p>
    );
  }
  return (
    <div className={detail.form}>
      <p className={styles.code} aria-label={t.pairingCode}>
        {node.pairingCode}
      </p>
      <p className={detail.note}>{t.compareCode}</p>
      <details className={styles.granted}>
        <summary>{scopes.length === 0 ? t.grantedNone : t.granted(scopes.join(", "))}</summary>
        <ScopePicker scopes={scopes} onChange={setScopes} />
      </details>
      {error && <ErrorText error={error} />}
      <div className={detail.actions}>
        <Button variant="primary" busy={approve.isPending} onClick={() => approve.mutate()}>
          {t.approve}
        </Button>
        <Button variant="danger" busy={reject.isPending} onClick={() => reject.mutate()}>
          {t.reject}
        </Button>
      </div>
    </div>
  );
}
