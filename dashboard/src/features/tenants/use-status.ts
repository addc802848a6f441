import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { ManagedTenant } from "../../api/types.ts";

/** Disables a tenant, or lets its people in again. */
export function useStatus(tenant: ManagedTenant, status: "active" | "disabled") {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const params = { path: { id: tenant.id } };
      await call(api.PATCH("/api/admin/tenants/{id}", { params, body: { status } }));
      await queries.invalidateQueries({ queryKey: ["tenants"] });
    },
  });
}
