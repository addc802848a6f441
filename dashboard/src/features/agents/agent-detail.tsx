import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import type { Agent } from "../../api/types.ts";
import { IconButton } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { AgentFileEditor } from "./agent-file-editor.tsx";
import styles from "./agent-detail.module.css";
import { AgentProfile } from "./agent-profile.tsx";
import { AgentTools } from "./agent-tools.tsx";

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
    <div className={styles.page}>
      <AgentHeader agent={agent} />
      <Tabs label="Parts of the agent" tabs={TABS} current={tab} onPick={setTab} />
      <TabPanel id={tab}>
        {tab === "profile" && <AgentProfile agent={agent} />}
        {(tab === "soul" || tab === "boot" || tab === "heartbeat") && (
          <AgentFileEditor key={tab} agentId={agent.id} file={tab} />
        )}
        {tab === "tools" && <AgentTools agent={agent} />}
      </TabPanel>
    </div>
  );
}

function AgentHeader({ agent }: { agent: Agent }) {
  const [deleting, setDeleting] = useState(false);
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const remove = async () => {
    await call(api.DELETE("/api/agents/{id}", { params: { path: { id: agent.id } } }));
    navigate("/agents", { replace: true });
    await queries.invalidateQueries({ queryKey: ["agents"] });
  };
  return (
    <header className={styles.header}>
      <span className={styles.back}>
        <IconButton icon="back" label="All agents" onClick={() => navigate("/agents")} />
      </span>
      <div className={styles.names}>
        <h2>{agent.name}</h2>
        <p>
          <code>{agent.slug}</code>
        </p>
      </div>
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
    </header>
  );
}
