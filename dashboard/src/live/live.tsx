/** The hub connections of the signed-in person, one a hub, shared by everything on the page. */
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import {
  createContext,
  use,
  useEffect,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { credentials } from "../api/credentials.ts";
import { CHAT_EVENTS, TASK_EVENTS, type ChatEvent, type TaskEvent } from "./events.ts";
import {
  APPROVAL_EVENTS,
  DISCUSSION_EVENTS,
  NOTIFICATION_EVENTS,
  type ApprovalEvent,
  type DiscussionEvent,
  type NotificationEvent,
} from "./hub-events.ts";
import { HubLink, type LinkState, type Transport } from "./hub-link.ts";

interface Live {
  chat: HubLink<ChatEvent>;
  tasks: HubLink<TaskEvent>;
  approvals: HubLink<ApprovalEvent>;
  discussion: HubLink<DiscussionEvent>;
  notifications: HubLink<NotificationEvent>;
}

const LiveContext = createContext<Live | null>(null);

function hub(path: string): Transport {
  return new HubConnectionBuilder()
    .withUrl(path, { accessTokenFactory: () => credentials.read()?.accessToken ?? "" })
    .configureLogging(LogLevel.None)
    .build();
}

/** The client reports a refused negotiation as text only. */
async function renewWhenRefused(error: unknown): Promise<boolean> {
  const held = credentials.read();
  if (held === null || !/\b401\b/.test(String(error))) return false;
  return (await credentials.renew(held.accessToken)) !== null;
}

function link<Event extends { name: string }>(path: string, names: readonly Event["name"][]) {
  return new HubLink<Event>(hub(path), names, renewWhenRefused);
}

function connect(): Live {
  return {
    chat: link("/hubs/chat", CHAT_EVENTS),
    tasks: link("/hubs/tasks", TASK_EVENTS),
    approvals: link("/hubs/approvals", APPROVAL_EVENTS),
    discussion: link("/hubs/discussion", DISCUSSION_EVENTS),
    notifications: link("/hubs/notifications", NOTIFICATION_EVENTS),
  };
}

function linksOf(live: Live): Pick<HubLink<never>, "start" | "stop" | "retryNow">[] {
  return Object.values(live) as Pick<HubLink<never>, "start" | "stop" | "retryNow">[];
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const [live] = useState(connect);

  useEffect(() => {
    const links = linksOf(live);
    const hurry = () => links.forEach((link) => link.retryNow());
    const wake = () => {
      if (document.visibilityState === "visible") hurry();
    };
    // It fails only when the link breaks, and is repeated when that is live again.
    const watch = () => void live.tasks.invoke("Watch").catch(() => undefined);
    const unwatch = live.tasks.onLive(watch);
    links.forEach((link) => link.start());
    window.addEventListener("online", hurry);
    document.addEventListener("visibilitychange", wake);
    return () => {
      window.removeEventListener("online", hurry);
      document.removeEventListener("visibilitychange", wake);
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

/** The state of the chat connection: the one that a person notices. */
export function useLinkState(): LinkState & { retryNow: () => void } {
  const live = useLive();
  const state = useSyncExternalStore(live.chat.subscribe, () => live.chat.state);
  return { ...state, retryNow: () => linksOf(live).forEach((link) => link.retryNow()) };
}
