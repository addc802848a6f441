/** The models that can be asked for. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { Model } from "../../api/types.ts";

export const MODELS = ["models"];

/** What a service offers is asked for at most every few minutes (milliseconds). */
const STALE_AFTER = 60_000;

/** The provider of the agent that the gateway brings along. */
const BUILT_IN = "sophon";

/** `fresh` asks the gateway also where the start of the page has told what was known then. */
export function useModels(fresh = false) {
  return useQuery({
    queryKey: MODELS,
    queryFn: () => call(api.GET("/api/models")),
    staleTime: STALE_AFTER,
    refetchOnMount: fresh ? "always" : true,
    select: ({ items }) => unique(items),
  });
}

/** Whether only the offline agent answers, as no model provider is set up. False until it is known. */
export function useIsWithoutModel(): boolean {
  const { data } = useModels();
  return data?.every(({ provider }) => provider === BUILT_IN) ?? false;
}

/** Providers may have models of the same name: the first of them is asked. */
function unique(models: Model[]): Model[] {
  return models.filter(({ id }, place) => models.findIndex((model) => model.id === id) === place);
}
