/** The prompts that wait for the signed-in user, kept up to date by events, for every part of the page. */
import {
  createContext,
  use,
  useEffect,
  useReducer,
  useState,
  type Dispatch,
  type ReactNode,
} from "react";
import { api, call } from "../../api/client.ts";
import { useLive } from "../../live/live.tsx";
import {
  emptyInbox,
  INBOX_EVENTS,
  isWaiting,
  reduceInbox,
  type Inbox,
  type InboxAction,
} from "./inbox.ts";

/** The largest page that the gateway returns; nobody answers more at once. */
const PAGE_SIZE = 200;

interface OpenInbox extends Inbox {
  waiting: number;
  /** Why the inbox could not be loaded, until a later attempt succeeds. */
  failure: unknown;
  reload: () => void;
  dispatch: Dispatch<InboxAction>;
}

const InboxContext = createContext<OpenInbox | null>(null);

async function readInbox(): Promise<InboxAction> {
  const query = { limit: PAGE_SIZE };
  const [approvals, questions] = await Promise.all([
    call(api.GET("/api/approvals", { params: { query } })),
    call(api.GET("/api/info-requests", { params: { query } })),
  ]);
  return { type: "read", approvals: approvals.items, questions: questions.items };
}

export function InboxProvider({ children }: { children: ReactNode }) {
  const { approvals } = useLive();
  const [inbox, dispatch] = useReducer(reduceInbox, emptyInbox);
  const [failure, setFailure] = useState<unknown>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    let current = 0;
    /** Events that arrive while a page is loading may be missing from it, so it is loaded again. */
    const load = async () => {
      const mine = ++current;
      try {
        const read = await readInbox();
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
    if (approvals.state.phase !== "live") reload();
    return () => {
      current = -1;
      stopEvents();
      stopConnected();
    };
  }, [approvals, round]);

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
