import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";

export interface ApprovalFilter {
  outcome: string;
  agent: string;
  risk: string;
  tool: string;
  /** A day, as a date input returns it. */
  from: string;
}

export const ANY: ApprovalFilter = { outcome: "", agent: "", risk: "", tool: "", from: "" };

/** Answered and timed-out approvals, newest first. */
export function useApprovalHistory(filter: ApprovalFilter) {
  return useInfiniteQuery({
    queryKey: ["approvals", "history", filter],
    queryFn: ({ pageParam, signal }) => {
      const { outcome, agent, risk, from } = filter;
      const tool = filter.tool.trim();
      const query = {
        ...(outcome !== "" && { outcome }),
        ...(agent !== "" && { agent }),
        ...(risk !== "" && { risk }),
        ...(tool !== "" && { tool }),
        ...(from !== "" && { from: new Date(`${from}T00:00`).toISOString() }),
        ...(pageParam !== null && { cursor: pageParam }),
      };
      return call(api.GET("/api/approvals/history", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}
