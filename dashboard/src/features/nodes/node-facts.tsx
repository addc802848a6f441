import type { Node } from "../../api/types.ts";
import { Fact, Facts } from "../../ui/detail.tsx";
import { duration } from "../../ui/time.ts";
import { Timestamp } from "../../ui/timestamp.tsx";
import { platformName } from "./platforms.ts";
import { common } from "../../messages/en/common.ts";
import { nodes as t } from "../../messages/en/nodes.ts";

export function NodeFacts({ node }: { node: Node }) {
  return (
    <Facts>
      <Fact label={t.system}>{platformName(node.platform)}</Fact>
      {node.version !== null && <Fact label={t.version}>{node.version}</Fact>}
      {node.lastSeenAt !== null && (
        <Fact label={t.lastSeen}>
          <Timestamp at={node.lastSeenAt} long />
        </Fact>
      )}
      {node.uptime !== null && <Fact label={t.uptime}>{duration(node.uptime * 1_000)}</Fact>}
      {node.cpuPercent !== null && <Fact label={t.cpu}>{common.percent(node.cpuPercent)}</Fact>}
      {node.memoryMb !== null && <Fact label={t.memory}>{t.mebibytes(node.memoryMb)}</Fact>}
      <Fact label={t.registered}>
        <Timestamp at={node.createdAt} long />
      </Fact>
      <Fact label={common.id}>
        <code>{node.id}</code>
      </Fact>
    </Facts>
  );
}
