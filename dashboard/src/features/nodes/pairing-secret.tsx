import { Link } from "wouter";
import type { RegisteredNode } from "../../api/types.ts";
import { CopyButton, CopyIcon } from "../../ui/copy-button.tsx";
import { Fact, Facts } from "../../ui/detail.tsx";
import detail from "../../ui/detail.module.css";
import { Empty } from "../../ui/notice.tsx";
import { timeLeft } from "../../ui/time.ts";
import { useNow } from "../../ui/use-now.ts";
import { NodeState } from "./node-state.tsx";
import styles from "./nodes.module.css";
import { PairingDecision } from "./pairing-decision.tsx";
import { isPairing, useNodes, useNodeWatch } from "./use-nodes.ts";

interface PairingSecretProps {
  registered: RegisteredNode;
  onAnew: () => void;
}

/** What to do with a node that was just registered, until it is paired. Its secret is shown here and never again. */
export function PairingSecret({ registered, onAnew }: PairingSecretProps) {
  const { id, pairingSecret, expiresAt } = registered;
  const node = useNodes().data?.find((known) => known.id === id) ?? registered;
  const left = Date.parse(expiresAt) - useNow(isPairing(node));
  useNodeWatch(id);

  if (node.status === "paired") {
    return (
      <Empty title={`${node.name} is paired`}>
        <NodeState node={node} />
        {!node.online && (
          <p>
            Now run <code>sophon-node start</code> on the machine: that connects it.
          </p>
        )}
        <Link href={`/nodes/${id}`}>Open the node</Link>
      </Empty>
    );
  }
  return (
    <div className={styles.pairing}>
      <section>
        <h3>1. Run this on the machine</h3>
        <Copyable
          text={`sophon-node pair --gateway ${location.origin} --node ${id} --secret ${pairingSecret}`}
        />
        <p className={detail.note}>
          Once it is paired, <code>sophon-node start</code> connects it.
        </p>
        <p className={detail.note}>
          The secret is kept only as a hash and cannot be shown again.{" "}
          {left > 0
            ? `It is good for ${timeLeft(left)} more.`
            : "Its time is over: register again."}
        </p>
        <Facts>
          <Fact name="Node id">
            <code>{id}</code>
          </Fact>
          <Fact name="Secret">
            <code>{pairingSecret}</code> <CopyIcon text={pairingSecret} label="Copy the secret" />
          </Fact>
        </Facts>
      </section>
      <section>
        <h3>2. Compare the code and approve</h3>
        <PairingDecision node={node} onAnew={onAnew} />
      </section>
    </div>
  );
}

function Copyable({ text }: { text: string }) {
  return (
    <div className={styles.copyable}>
      <code>{text}</code>
      <CopyButton text={text} />
    </div>
  );
}
