import { useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { Agent } from "../../api/types.ts";
import { common } from "../../messages/en/common.ts";

/** The largest page that the gateway returns. */
const PAGE_SIZE = 200;

export function useAgents() {
  return useQuery({
    queryKey: ["agents"],
    queryFn: () => call(api.GET("/api/agents", { params: { query: { limit: PAGE_SIZE } } })),
    select: (page) => page.items,
    staleTime: 30_000,
  });
}

/** The agents as the options of a select field. */
export function useAgentOptions(): { value: string; label: string }[] {
  const { data = [] } = useAgents();
  return data.map(({ id, name }) => ({ value: id, label: name }));
}

/** The name of an agent; its id if it was deleted. */
export function useAgentName(): (id: string | undefined) => string {
  const { data } = useAgents();
  return (id) => {
    // While the list is loading, an id would flash.
    if (data === undefined || id === undefined) return common.agent;
    return data.find((agent: Agent) => agent.id === id)?.name ?? id;
  };
}
