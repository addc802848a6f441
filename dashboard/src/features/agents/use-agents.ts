import { useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { Agent } from "../../api/types.ts";

/** The most that one page of the gateway gives. */
const ALL = 200;

export function useAgents() {
  return useQuery({
    queryKey: ["agents"],
    queryFn: () => call(api.GET("/api/agents", { params: { query: { limit: ALL } } })),
    select: (page) => page.items,
    staleTime: 30_000,
  });
}

/** The name of an agent; its id if it was deleted. */
export function useAgentName(): (id: string | undefined) => string {
  const { data } = useAgents();
  return (id) => {
    // While the list is on its way: an id would only flash.
    if (data === undefined || id === undefined) return "Agent";
    return data.find((agent: Agent) => agent.id === id)?.name ?? id;
  };
}
