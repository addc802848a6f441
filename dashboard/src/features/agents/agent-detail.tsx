import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import type { Agent } from "../../api/types.ts";
import { useCan } from "../../entities/user/auth.ts";
import { Button } from "../../ui/button.tsx";
import { Detail } from "../../ui/detail.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { AgentFileEditor } from "./agent-file-editor.tsx";
import { AgentProfile } from "./agent-profile.tsx";
import { AgentTools } from "./agent-tools.tsx";
import { allAgents } from "./all-agents.ts";
import styles from "./agent-detail.module.css";
import { Trial } from "./trial.tsx";
import { agents as t } from "../../messages/en/agents.ts";
import { common } from "../../messages/en/common.ts";

const TABS = ["profile", "soul", "boot", "tools"] as const;
type TabId = (typeof TABS)[number];

export function AgentDetail({ agent }: { agent: Agent }) {
  const [tab, setTab] = useState<TabId>("profile");
  const [trying, setTrying] = useState(false);
  const maySend = useCan("SendMessages");
  return (
    <Detail
      title={agent.name}
      back={allAgents()}
      about={
        <p>
          <code>{agent.slug}</code>
        </p>
      }
      menu={
        <>
          {maySend && (
            <Button aria-expanded={trying} onClick={() => setTrying(!trying)}>
              {t.tryIt}
            </Button>
          )}
          <AgentMenu agent={agent} />
        </>
      }
    >
      <div className={styles.halves} data-trying={trying || undefined}>
        <div className={styles.settings}>
          <Tabs
            label={t.parts}
            tabs={TABS.map((id) => ({ id, label: t.tabs[id] }))}
            current={tab}
            onPick={setTab}
          />
          <TabPanel id={tab}>
            {tab === "profile" && <AgentProfile agentId={agent.id} />}
            {(tab === "soul" || tab === "boot") && (
              <AgentFileEditor key={tab} agentId={agent.id} file={tab} />
            )}
            {tab === "tools" && <AgentTools agentId={agent.id} />}
          </TabPanel>
        </div>
        {trying && <Trial agent={agent} onClose={() => setTrying(false)} />}
      </div>
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
        label={t.actions}
        items={[
          { label: common.delete, icon: "trash", danger: true, onSelect: () => setDeleting(true) },
        ]}
      />
      {deleting && (
        <ActionDialog
          title={t.deleteTitle}
          action={common.delete}
          variant="danger"
          onClose={() => setDeleting(false)}
          onConfirm={remove}
        >
          <p>{t.deleteAbout(agent.name)}</p>
        </ActionDialog>
      )}
    </>
  );
}
