/** Live events that change the query cache, whichever page is shown. */
import type { QueryClient } from "@tanstack/react-query";
import type { EventOf, HubEvents } from "./events.ts";

/** A handler for some events of one hub. Make one with `handle`. */
export interface EventHandler {
  hub: keyof HubEvents;
  names: readonly string[];
  onEvent: (event: never, queries: QueryClient) => void;
  onConnected: (queries: QueryClient) => void;
}

/** Handles the named events of a hub. `onConnected` runs after every connect: events may have been missed before it. */
export function handle<Hub extends keyof HubEvents, Name extends keyof HubEvents[Hub] & string>(
  hub: Hub,
  names: readonly Name[],
  onEvent: (event: EventOf<Pick<HubEvents[Hub], Name>>, queries: QueryClient) => void,
  onConnected: (queries: QueryClient) => void = () => undefined,
): EventHandler {
  return { hub, names, onEvent, onConnected };
}
