import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import type { Agent } from "../../api/types.ts";
import { Detail } from "../../ui/detail.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { AgentFileEditor } from "./agent-file-editor.tsx";
import { AgentProfile } from "./agent-profile.tsx";
import { AgentTools } from "./agent-tools.tsx";
import { ALL_AGENTS } from "./all-agents.ts";

const TABS = [
  { id: "profile", label: "Profile" },
  { id: "soul", label: "Soul" },
  { id: "boot", label: "Boot" },
  { id: "heartbeat", label: "Heartbeat" },
  { id: "tools", label: "Tools" },
] as const;
type TabId = (typeof TABS)[number]["id"];

export function AgentDetail({ agent }: { agent: Agent }) {
  const [tab, setTab] = useState<TabId>("profile");
  return (
    <Detail
      title={agent.name}
      back={ALL_AGENTS}
      about={
        <p>
          <code>{agent.slug}</code>
        </p>
      }
      menu={<AgentMenu agent={agent} />}
    >
      <Tabs label="Parts of the agent" tabs={TABS} current={tab} onPick={setTab} />
      <TabPanel id={tab}>
        {tab === "profile" && <AgentProfile agent={agent} />}
        {(tab === "soul" || tab === "boot" || tab === "heartbeat") && (
          <AgentFileEditor key={tab} agentId={agent.id} file={tab} />
        )}
        {tab === "tools" && <AgentTools agent={agent} />}
      </TabPanel>
    </Detail>
  );
}

function AgentMenu({ agent }: { agent: Agent }) {
  const [deleting, setDeleting] = useState(false);
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const remove = async () => {
    await call(api.DELETE("/api/agents/{id}", { params: { path: { id: agent.id } } }));
    navigate("/agents", { replace: true });
    await queries.invalidateQueries({ queryKey: ["agents"] });
  };
  return (
    <>
      <Menu
        label="Agent actions"
        items={[
          { label: "Delete", icon: "trash", danger: true, onSelect: () => setDeleting(true) },
        ]}
      />
      {deleting && (
        <ActionDialog
          title="Delete agent?"
          action="Delete"
          look="danger"
          onClose={() => setDeleting(false)}
          onConfirm={remove}
        >
          <p>
            {agent.name} and its files will be gone. Sessions with it stay, and nobody answers in
            them.
          </p>
        </ActionDialog>
      )}
    </>
  );
}
