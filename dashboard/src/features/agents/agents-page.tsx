import { Link } from "wouter";
import type { Agent } from "../../api/types.ts";
import { ListHeader } from "../../ui/list-header.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import list from "../../ui/split-list.module.css";
import { SplitPage } from "../../ui/split-page.tsx";
import { AgentDetail } from "./agent-detail.tsx";
import { ALL_AGENTS } from "./all-agents.ts";
import { NewAgent } from "./new-agent.tsx";
import { useAgents } from "./use-agents.ts";

export type AgentPlace = "list" | "new" | { agent: string };

export function AgentsPage({ place }: { place: AgentPlace }) {
  const agents = useAgents();
  const wanted = typeof place === "object" ? place.agent : null;
  const open = agents.data?.find(({ id, slug }) => id === wanted || slug === wanted);

  const detail = () => {
    if (place === "new") return <NewAgent />;
    if (open) return <AgentDetail key={open.id} agent={open} />;
    if (agents.data === undefined) return agents.error ? null : <Loading />;
    if (wanted !== null) {
      return (
        <Empty title="There is no such agent">
          <p>It was deleted, or its address is wrong.</p>
          <Link href={ALL_AGENTS.href}>{ALL_AGENTS.label}</Link>
        </Empty>
      );
    }
    return (
      <Empty title="Pick an agent">
        <p>Its character, its habits and its tools are kept here.</p>
      </Empty>
    );
  };

  return (
    <SplitPage
      label="Agents"
      narrow={place === "list" ? "list" : "detail"}
      list={
        <>
          <ListHeader title="Agents" add={{ href: "/agents/new", label: "New agent" }} />
          {agents.error && (
            <ErrorNotice error={agents.error} onRetry={() => void agents.refetch()} />
          )}
          {agents.isPending && <Loading lines={4} label="Loading agents" />}
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
