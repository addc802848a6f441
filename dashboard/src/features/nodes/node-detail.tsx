import { useState } from "react";
import type { Node } from "../../api/types.ts";
import { Detail } from "../../ui/detail.tsx";
import { Menu } from "../../ui/menu.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { allNodes } from "./all-nodes.ts";
import { NodeConsole } from "./node-console.tsx";
import { RenameNode, RevokeNode } from "./node-dialogs.tsx";
import { NodeFacts } from "./node-facts.tsx";
import { NodeScopes } from "./node-scopes.tsx";
import { NodeState } from "./node-state.tsx";
import { PairingDecision } from "./pairing-decision.tsx";
import { useNodeWatch } from "./use-nodes.ts";
import { common } from "../../messages/en/common.ts";
import { nodes as t } from "../../messages/en/nodes.ts";

const TABS = ["console", "scopes", "about"] as const;
type TabId = (typeof TABS)[number];

export function NodeDetail({ node }: { node: Node }) {
  const [tab, setTab] = useState<TabId>("console");
  useNodeWatch(node.id);
  return (
    <Detail
      title={node.name}
      back={allNodes()}
      about={<NodeState node={node} />}
      menu={<NodeMenu node={node} />}
    >
      {node.status === "paired" ? (
        <>
          <Tabs
            label={t.parts}
            tabs={TABS.map((id) => ({ id, label: t.tabs[id] }))}
            current={tab}
            onPick={setTab}
          />
          <TabPanel id={tab}>
            {tab === "console" && <NodeConsole node={node} />}
            {tab === "scopes" && <NodeScopes node={node} />}
            {tab === "about" && <NodeFacts node={node} />}
          </TabPanel>
        </>
      ) : (
        <PairingDecision node={node} />
      )}
    </Detail>
  );
}

function NodeMenu({ node }: { node: Node }) {
  const [dialog, setDialog] = useState<"rename" | "revoke" | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <Menu
        label={t.actions}
        items={[
          { label: common.rename, icon: "pencil", onSelect: () => setDialog("rename") },
          { label: t.revoke, icon: "trash", danger: true, onSelect: () => setDialog("revoke") },
        ]}
      />
      {dialog === "rename" && <RenameNode node={node} onClose={close} />}
      {dialog === "revoke" && <RevokeNode node={node} onClose={close} />}
    </>
  );
}
