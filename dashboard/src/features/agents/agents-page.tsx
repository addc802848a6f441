import { Link } from "wouter";
import type { Agent } from "../../api/types.ts";
import { ListHeader } from "../../ui/list-header.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import list from "../../ui/split-list.module.css";
import { SplitPage } from "../../ui/split-page.tsx";
import { AgentDetail } from "./agent-detail.tsx";
import { NewAgent } from "./new-agent.tsx";
import { useAgents } from "../../entities/agent/use-agents.ts";
import { agents as t } from "../../messages/en/agents.ts";
import { navigation } from "../../messages/en/navigation.ts";

export type AgentView = "list" | "new" | { agent: string };

export function AgentsPage({ view }: { view: AgentView }) {
  const agents = useAgents();
  const wanted = typeof view === "object" ? view.agent : null;
  const open = agents.data?.find(({ id, slug }) => id === wanted || slug === wanted);

  const detail = () => {
    if (view === "new") return <NewAgent />;
    if (open) return <AgentDetail key={open.id} agent={open} />;
    if (agents.data === undefined) return agents.error ? null : <Loading />;
    if (wanted !== null) {
      return (
        <Empty title={t.missingTitle}>
          <p>{t.missingAbout}</p>
          <Link href="/agents">{t.all}</Link>
        </Empty>
      );
    }
    return (
      <Empty title={t.selectTitle}>
        <p>{t.selectAbout}</p>
      </Empty>
    );
  };

  return (
    <SplitPage
      label={navigation.agents}
      narrow={view === "list" ? "list" : "detail"}
      list={
        <>
          <ListHeader title={navigation.agents} add={{ href: "/agents/new", label: t.new }} />
          {agents.error && (
            <ErrorNotice error={agents.error} onRetry={() => void agents.refetch()} />
          )}
          {agents.isPending && <Loading lines={4} label={t.loading} />}
          <ul role="list" className={list.rows}>
            {agents.data?.map((agent) => (
              <AgentRow key={agent.id} agent={agent} open={agent === open} />
            ))}
          </ul>
        </>
      }
    >
      {detail()}
    </SplitPage>
  );
}

function AgentRow({ agent, open }: { agent: Agent; open: boolean }) {
  return (
    <li>
      <Link
        href={`/agents/${agent.id}`}
        className={list.row}
        aria-current={open ? "page" : undefined}
      >
        <span className={list.name}>{agent.name}</span>
        <span className={list.about}>
          {agent.description === "" ? agent.slug : agent.description}
        </span>
      </Link>
    </li>
  );
}
