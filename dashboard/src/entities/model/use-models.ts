/** The models that can be asked for. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";

/** Providers change seldom (milliseconds). */
const STALE_AFTER = 60_000;

/** The provider of the agent that the gateway brings along. */
const BUILT_IN = "sophon";

export function useModels() {
  return useQuery({
    queryKey: ["models"],
    queryFn: () => call(api.GET("/api/models")),
    staleTime: STALE_AFTER,
  });
}

/** Whether only the offline agent answers, as no model provider is set up. False until it is known. */
export function useIsWithoutModel(): boolean {
  const { data } = useModels();
  return data?.items.every(({ provider }) => provider === BUILT_IN) ?? false;
}
