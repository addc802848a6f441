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

/** The name of an agent, or its id while the list is on its way. */
export function useAgentName(): (id: string | null | undefined) => string {
  const { data } = useAgents();
  return (id) => data?.find((agent: Agent) => agent.id === id)?.name ?? id ?? "Agent";
}
