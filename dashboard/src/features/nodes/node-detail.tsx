import { useState } from "react";
import type { Node } from "../../api/types.ts";
import { Detail } from "../../ui/detail.tsx";
import { Menu } from "../../ui/menu.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { ALL_NODES } from "./all-nodes.ts";
import { NodeConsole } from "./node-console.tsx";
import { RenameNode, RevokeNode } from "./node-dialogs.tsx";
import { NodeFacts } from "./node-facts.tsx";
import { NodeScopes } from "./node-scopes.tsx";
import { NodeState } from "./node-state.tsx";
import { PairingDecision } from "./pairing-decision.tsx";
import { useNodeWatch } from "./use-nodes.ts";

const TABS = [
  { id: "console", label: "Console" },
  { id: "scopes", label: "Scopes" },
  { id: "about", label: "About" },
] as const;
type TabId = (typeof TABS)[number]["id"];

export function NodeDetail({ node }: { node: Node }) {
  const [tab, setTab] = useState<TabId>("console");
  useNodeWatch(node.id);
  return (
    <Detail
      title={node.name}
      back={ALL_NODES}
      about={<NodeState node={node} />}
      menu={<NodeMenu node={node} />}
    >
      {node.status === "paired" ? (
        <>
          <Tabs label="Parts of the node" tabs={TABS} current={tab} onPick={setTab} />
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
        label="Node actions"
        items={[
          { label: "Rename", icon: "pencil", onSelect: () => setDialog("rename") },
          { label: "Revoke", icon: "trash", danger: true, onSelect: () => setDialog("revoke") },
        ]}
      />
      {dialog === "rename" && <RenameNode node={node} onClose={close} />}
      {dialog === "revoke" && <RevokeNode node={node} onClose={close} />}
    </>
  );
}
