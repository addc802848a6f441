/** The tenants and their users. No event tells of them: they are fetched when the page is opened and changed. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { UserAccount } from "../../api/types.ts";

export function useTenants(search: string) {
  return useInfiniteQuery({
    queryKey: ["tenants", "list", search],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...(search !== "" && { q: search }),
        ...(pageParam !== null && { cursor: pageParam }),
      };
      return call(api.GET("/api/admin/tenants", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

export function useTenant(id: string) {
  return useQuery({
    queryKey: ["tenants", "one", id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/admin/tenants/{id}", { params: { path: { id } }, signal })),
    // A tenant that is being deleted is gone some time after the answer.
    refetchInterval: ({ state }) => (state.data?.status === "deleting" ? 1_000 : false),
  });
}

export function useTenantUsers(id: string) {
  return useInfiniteQuery({
    queryKey: ["tenants", "users", id],
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? {} : { cursor: pageParam };
      return call(
        api.GET("/api/admin/tenants/{id}/users", { params: { path: { id }, query }, signal }),
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

/** The active users of a tenant other than this one. Whether the role of each is enough, the gateway says. */
export function useTenantHeirs(id: string, user: string): UserAccount[] {
  const { data = [] } = useQuery({
    queryKey: ["tenants", "users", id, "heirs"],
    queryFn: ({ signal }) => {
      const params = { path: { id }, query: { limit: 200 } };
      return call(api.GET("/api/admin/tenants/{id}/users", { params, signal }));
    },
    select: ({ items }) => items,
  });
  return data.filter((one) => one.id !== user && one.status === "active");
}
