/** The users and roles of the tenant. No event tells of them: they are fetched when the page is opened and changed. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { UserAccount } from "../../api/types.ts";

export function useUsers(search: string) {
  return useInfiniteQuery({
    queryKey: ["users", "list", search],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...(search !== "" && { q: search }),
        ...(pageParam !== null && { cursor: pageParam }),
      };
      return call(api.GET("/api/admin/users", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

/** The users who can own what another one had: those who are active and may send messages. */
export function useHeirs(of: UserAccount) {
  const roles = useRoles().data ?? [];
  const { data: users = [] } = useQuery({
    queryKey: ["users", "heirs"],
    queryFn: ({ signal }) => {
      const query = { status: "active", limit: 200 } as const;
      return call(api.GET("/api/admin/users", { params: { query }, signal }));
    },
    select: ({ items }) => items,
  });
  return users.filter((user) => {
    const role = roles.find(({ id }) => id === user.role);
    return user.id !== of.id && role?.permissions.includes("SendMessages") === true;
  });
}

export function useRoles() {
  return useQuery({
    queryKey: ["users", "roles"],
    queryFn: ({ signal }) =>
      call(api.GET("/api/admin/roles", { params: { query: { limit: 200 } }, signal })),
    select: ({ items }) => items,
  });
}
