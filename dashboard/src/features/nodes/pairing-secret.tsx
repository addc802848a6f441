import { Link } from "wouter";
import { basePath } from "../../api/base-path.ts";
import type { RegisteredNode } from "../../api/types.ts";
import { CopyIcon } from "../../ui/copy-button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { Fact, Facts } from "../../ui/detail.tsx";
import detail from "../../ui/detail.module.css";
import { Empty } from "../../ui/notice.tsx";
import { Rich } from "../../ui/rich.tsx";
import { timeLeft } from "../../ui/time.ts";
import { useNow } from "../../ui/use-now.ts";
import { NodeState } from "./node-state.tsx";
import styles from "./nodes.module.css";
import { PairingDecision } from "./pairing-decision.tsx";
import { isPairing, useNodes, useNodeWatch } from "./use-nodes.ts";
import { nodes as t } from "../../messages/en/nodes.ts";

interface PairingSecretProps {
  registered: RegisteredNode;
  onRestart: () => void;
}

/** The steps that pair a newly registered node. Its secret is shown here and never again. */
export function PairingSecret({ registered, onRestart }: PairingSecretProps) {
  const { id, pairingSecret, expiresAt } = registered;
  const node = useNodes().data?.find((known) => known.id === id) ?? registered;
  const left = Date.parse(expiresAt) - useNow(isPairing(node));
  useNodeWatch(id);

  if (node.status === "paired") {
    return (
      <Empty title={t.pairedTitle(node.name)}>
        <NodeState node={node} />
        {!node.online && (
          <p>
            <Rich text={t.startHint} />
          </p>
        )}
        <Link href={`/nodes/${id}`}>{t.open}</Link>
      </Empty>
    );
  }
  const command = `sophon-node pair --gateway ${location.origin}${basePath} --node ${id} --secret ${pairingSecret}`;
  return (
    <div className={styles.pairing}>
      <section>
        <h3>{t.step1}</h3>
        <Copyable text={command} />
        <p className={detail.note}>
          <Rich text={t.startLater} />
        </p>
        <p className={detail.note}>
          {t.secretOnce} {left > 0 ? t.secretValid(timeLeft(left)) : t.secretExpired}
        </p>
        <Facts>
          <Fact label={t.nodeId}>
            <code>{id}</code>
          </Fact>
          <Fact label={t.secret}>
            <code>{pairingSecret}</code> <CopyIcon text={pairingSecret} label={t.copySecret} />
          </Fact>
        </Facts>
      </section>
      <section>
        <h3>{t.step2}</h3>
        <PairingDecision node={node} onRestart={onRestart} />
      </section>
    </div>
  );
}
