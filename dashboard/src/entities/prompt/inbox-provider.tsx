/** The prompts that wait for the signed-in user, kept up to date by events, for every part of the page. */
import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  use,
  useEffect,
  useReducer,
  useState,
  type Dispatch,
  type ReactNode,
} from "react";
import type { Bootstrap } from "../../api/types.ts";
import { useLive } from "../../live/live.tsx";
import { knownStart, refreshStart } from "../start/start.ts";
import {
  emptyInbox,
  INBOX_EVENTS,
  isWaiting,
  reduceInbox,
  type Inbox,
  type InboxAction,
} from "./inbox.ts";

interface OpenInbox extends Inbox {
  waiting: number;
  /** Why the inbox could not be loaded, until a later attempt succeeds. */
  failure: unknown;
  reload: () => void;
  dispatch: Dispatch<InboxAction>;
}

const InboxContext = createContext<OpenInbox | null>(null);

function asRead({ approvals, infoRequests }: Bootstrap): InboxAction {
  return { type: "read", approvals: approvals.items, questions: infoRequests.items };
}

export function InboxProvider({ children }: { children: ReactNode }) {
  const { approvals } = useLive();
  const queries = useQueryClient();
  const [inbox, dispatch] = useReducer(reduceInbox, queries, (queries) => {
    const start = knownStart(queries);
    return start ? reduceInbox(emptyInbox, asRead(start)) : emptyInbox;
  });
  const [failure, setFailure] = useState<unknown>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    let current = 0;
    /** Events that arrive while a page is loading may be missing from it, so it is loaded again. */
    const load = async () => {
      const mine = ++current;
      try {
        const read = asRead(await refreshStart(queries));
        if (mine !== current) return;
        dispatch(read);
        setFailure(null);
      } catch (error) {
        if (mine === current) setFailure(error);
      }
    };
    let loading = false;
    const reload = () => {
      loading = true;
      void load().finally(() => (loading = false));
    };
    const stopEvents = approvals.on(INBOX_EVENTS, (event) => {
      dispatch({ type: "event", event });
      if (loading) reload();
    });
    const stopConnected = approvals.onConnected(reload);
    if (approvals.state.phase === "waiting" || round > 0) reload();
    return () => {
      current = -1;
      stopEvents();
      stopConnected();
    };
  }, [approvals, queries, round]);

  const waiting = inbox.prompts.filter(isWaiting).length;
  return (
    <InboxContext
      value={{ ...inbox, waiting, failure, dispatch, reload: () => setRound(round + 1) }}
    >
      {children}
    </InboxContext>
  );
}

export function useInbox(): OpenInbox {
  const inbox = use(InboxContext);
  if (inbox === null) throw new Error("useInbox needs an InboxProvider above it");
  return inbox;
}
