import type { Node } from "../../api/types.ts";
import { Fact, Facts } from "../../ui/detail.tsx";
import { duration } from "../../ui/time.ts";
import { When } from "../../ui/when.tsx";
import { platformName } from "./platforms.ts";

export function NodeFacts({ node }: { node: Node }) {
  return (
    <Facts>
      <Fact name="System">{platformName(node.platform)}</Fact>
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
    </Facts>
  );
}
