import type { ReactNode } from "react";
import type { Node } from "../../api/types.ts";
import { duration } from "../../ui/time.ts";
import { When } from "../../ui/when.tsx";
import styles from "./nodes.module.css";

export function NodeFacts({ node }: { node: Node }) {
  return (
    <dl className={styles.facts}>
      <Fact name="System">{node.platform}</Fact>
      {node.version !== null && <Fact name="Program">{node.version}</Fact>}
      {node.lastSeenAt !== null && (
        <Fact name="Last seen">
          <When at={node.lastSeenAt} long />
        </Fact>
      )}
      {node.uptime !== null && <Fact name="Up for">{duration(node.uptime * 1_000)}</Fact>}
      {node.cpuPercent !== null && <Fact name="Processors">{node.cpuPercent} %</Fact>}
      {node.memoryMb !== null && <Fact name="Memory">{node.memoryMb.toLocaleString()} MiB</Fact>}
      <Fact name="Registered">
        <When at={node.createdAt} long />
      </Fact>
      <Fact name="Id">
        <code>{node.id}</code>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
