/** The hub connections of the signed-in user, one for each hub, shared by the whole page. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import {
  createContext,
  use,
  useEffect,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { credentials } from "../api/credentials.ts";
import type { HubMethods } from "../api/hubs.ts";
import type { HubEvents } from "./events.ts";
import type { EventHandler } from "./handlers.ts";
import { HubLink, type LinkState } from "./hub-link.ts";
import { HubTransport } from "./transport.ts";

type Live = { [Hub in keyof HubEvents]: HubLink<HubEvents[Hub], HubMethods[Hub]> };

const LiveContext = createContext<Live | null>(null);

/** The client reports a rejected negotiation as text only. */
async function renewWhenRejected(error: unknown): Promise<boolean> {
  const held = credentials.read();
  if (held === null || !/\b401\b/.test(String(error))) return false;
  return (await credentials.renew(held.accessToken)) !== null;
}

function connect(): Live {
  const link = <Hub extends keyof HubEvents>(name: Hub) =>
    new HubLink<HubEvents[Hub], HubMethods[Hub]>(new HubTransport(name), renewWhenRejected);
  return {
    chat: link("chat"),
    tasks: link("tasks"),
    approvals: link("approvals"),
    discussion: link("discussion"),
    notifications: link("notifications"),
  };
}

function linksOf(live: Live) {
  return Object.values(live) as Pick<Live["chat"], "start" | "stop" | "retryNow">[];
}

function subscribe(live: Live, handler: EventHandler, queries: QueryClient) {
  // `handle` has checked the names and the event's type against the hub.
  const link = live[handler.hub] as unknown as HubLink<Record<string, unknown>, object>;
  const onEvent = handler.onEvent as (event: unknown, queries: QueryClient) => void;
  const stops = [
    link.on(handler.names, (event) => onEvent(event, queries)),
    link.onConnected(() => handler.onConnected(queries)),
  ];
  return () => stops.forEach((stop) => stop());
}

interface LiveProviderProps {
  handlers: readonly EventHandler[];
  children: ReactNode;
}

export function LiveProvider({ handlers, children }: LiveProviderProps) {
  const [live] = useState(connect);
  const queries = useQueryClient();

  useEffect(() => {
    const stops = handlers.map((handler) => subscribe(live, handler, queries));
    return () => stops.forEach((stop) => stop());
  }, [live, handlers, queries]);

  useEffect(() => {
    const links = linksOf(live);
    const retryAll = () => links.forEach((link) => link.retryNow());
    const onVisible = () => {
      if (document.visibilityState === "visible") retryAll();
    };
    // It fails only when the connection breaks, and is repeated after the next connect.
    const watch = () => void live.tasks.invoke("Watch").catch(() => undefined);
    const unwatch = live.tasks.onConnected(watch);
    links.forEach((link) => link.start());
    window.addEventListener("online", retryAll);
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      window.removeEventListener("online", retryAll);
      document.removeEventListener("visibilitychange", onVisible);
      unwatch();
      links.forEach((link) => void link.stop());
    };
  }, [live]);

  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = use(LiveContext);
  if (live === null) throw new Error("useLive needs a LiveProvider above it");
  return live;
}

/** The state of the chat connection, the one that users notice. */
export function useLinkState(): LinkState & { retryNow: () => void } {
  const live = useLive();
  const state = useSyncExternalStore(live.chat.subscribe, () => live.chat.state);
  return { ...state, retryNow: () => linksOf(live).forEach((link) => link.retryNow()) };
}
