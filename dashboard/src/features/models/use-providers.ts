/** The model providers, and what is done with them. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type {
  ModelProvider,
  ModelProviderDraft,
  ModelProviderPatch,
  NewModelProvider,
} from "../../api/types.ts";
import { MODELS } from "../../entities/model/models.ts";
import { refreshStart } from "../../entities/start/start.ts";

const PROVIDERS = ["model-providers"];
const CATALOG = ["model-catalog"];

export function useProviders() {
  return useQuery({
    queryKey: PROVIDERS,
    queryFn: () => call(api.GET("/api/models/providers")),
    select: ({ items }) => items,
  });
}

export function useCatalog() {
  return useQuery({
    queryKey: CATALOG,
    queryFn: () => call(api.GET("/api/models/catalog")),
    select: ({ items }) => items,
  });
}

export function usePresets() {
  return useQuery({
    queryKey: ["model-presets"],
    queryFn: () => call(api.GET("/api/models/presets")),
    select: ({ items }) => items,
    staleTime: Infinity,
  });
}

export function useLocalServers() {
  return useQuery({
    queryKey: ["model-servers"],
    queryFn: () => call(api.POST("/api/models/local")),
    select: ({ items }) => items,
    retry: false,
  });
}

export function testDraft(draft: ModelProviderDraft) {
  return call(api.POST("/api/models/providers/test", { body: draft }));
}

export function testProvider({ id }: ModelProvider) {
  return call(api.POST("/api/models/providers/{id}/test", { params: { path: { id } } }));
}

/** The changes. Each is in force when it returns, and what the page knows is read anew. */
export function useProviderChanges() {
  const queries = useQueryClient();
  const known = async () => {
    await Promise.all([
      ...[PROVIDERS, CATALOG, MODELS].map((queryKey) => queries.invalidateQueries({ queryKey })),
      refreshStart(queries),
    ]);
  };
  const update = (id: string, patch: ModelProviderPatch) =>
    call(api.PATCH("/api/models/providers/{id}", { params: { path: { id } }, body: patch }));
  return {
    add: async (provider: NewModelProvider) => {
      const added = await call(api.POST("/api/models/providers", { body: provider }));
      await known();
      return added;
    },
    change: async ({ id }: ModelProvider, patch: ModelProviderPatch) => {
      await update(id, patch);
      await known();
    },
    /** Asks the providers in this order. */
    order: async (providers: ModelProvider[]) => {
      for (const [index, { id, priority }] of providers.entries()) {
        if (priority !== index * 10) await update(id, { priority: index * 10 });
      }
      await known();
    },
    remove: async ({ id }: ModelProvider) => {
      await call(api.DELETE("/api/models/providers/{id}", { params: { path: { id } } }));
      await known();
    },
  };
}
