/** One open session: its history, its live events, and what the user can do in it. */
import {
  startTransition,
  useCallback,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  type Dispatch,
} from "react";
import { api, call } from "../../api/client.ts";
import { newLocalId } from "../../api/local-id.ts";
import type { Attachment, Message, Task } from "../../api/types.ts";
import { SESSION_EVENTS } from "../../entities/session/session-events.ts";
import { activeTasks, cancelTask } from "../../entities/task/tasks.ts";
import { batch } from "../../live/batch.ts";
import type { ChatEvent } from "../../live/events.ts";
import { useLive } from "../../live/live.tsx";
import { reduceSession, type Action } from "../../entities/session/session-reducer.ts";
import {
  catchUpFrom,
  emptySession,
  type Answerer,
  type SessionState,
} from "../../entities/session/session-state.ts";
import { keepUnsent, readUnsent } from "./unsent.ts";

const PAGE = 50;
/** So many pages are loaded at most to reach a message that somebody wants to see. */
const PAGES_BACK = 50;
/** If more pages than this were missed, only the newest page is shown. */
const CATCH_UP_PAGES = 10;
const CATCH_UP_PAGE = 200;

type Sync = Extract<Action, { type: "synced" }>;

async function page(id: string, query: { since?: number; before?: number; limit: number }) {
  return call(api.GET("/api/sessions/{id}/messages", { params: { path: { id }, query } }));
}

async function missedMessages(
  id: string,
  from: number | null,
): Promise<Omit<Sync, "type" | "tasks">> {
  const messages: Message[] = [];
  for (let turn = 0, since = from; turn < CATCH_UP_PAGES && since !== null; turn += 1) {
    const next = await page(id, { since, limit: CATCH_UP_PAGE });
    messages.push(...next.items);
    since = messages.at(-1)?.id ?? since;
    if (!next.hasMore) return { messages, newestPage: null };
  }
  const newest = await page(id, { limit: PAGE });
  return { messages: newest.items, newestPage: { hasOlder: newest.hasMore } };
}

/**
 * The tasks that say what the messages do not: what is in progress, and why an answer failed.
 * A session in which every answer is complete needs no tasks.
 */
async function relevantTasks(
  id: string,
  known: SessionState,
  messages: Message[],
): Promise<Task[]> {
  const answers = messages.filter((message) => message.role === "agent");
  const waiting =
    messages.at(-1)?.role === "user" || answers.some((message) => message.status === "pending");
  if (!waiting && known.runs.length === 0) return withFailures(id, known, answers, []);
  const active = await activeTasks();
  return withFailures(
    id,
    known,
    answers,
    active.filter((task) => task.sessionId === id),
  );
}

async function withFailures(
  id: string,
  known: SessionState,
  answers: Message[],
  active: Task[],
): Promise<Task[]> {
  const failed = answers.some(
    ({ status, taskId }) => status === "failed" && taskId !== null && !(taskId in known.outcomes),
  );
  const vanished = known.runs.some((run) => !active.some((task) => task.id === run.taskId));
  if (!failed && !vanished) return active;
  const query = { session: id, limit: PAGE };
  const { items } = await call(api.GET("/api/tasks/history", { params: { query } }));
  return [...active, ...items];
}

async function synchronise(id: string, known: SessionState): Promise<Sync> {
  const missed = await missedMessages(id, catchUpFrom(known));
  return { type: "synced", tasks: await relevantTasks(id, known, missed.messages), ...missed };
}

/** What the session shows now, whatever it showed before. */
async function branchOf(
  id: string,
  { messages: before, runs }: SessionState,
): Promise<Extract<Action, { type: "reread" }>> {
  const newest = await page(id, { limit: PAGE });
  const tasks = await relevantTasks(id, { ...emptySession, runs }, newest.items);
  return { type: "reread", before, messages: newest.items, tasks, hasOlder: newest.hasMore };
}

export interface OpenSession {
  id: string;
  state: SessionState;
  /** Why the history could not be loaded, until a later attempt succeeds. */
  failure: unknown;
  reload: () => void;
  /** Loads messages with lower numbers. */
  loadOlder: (before: number) => Promise<void>;
  /** Loads messages with lower numbers until the one with the number `target` is there. */
  loadBackTo: (target: number, before: number) => Promise<void>;
  send: (
    content: string,
    attachments: Attachment[],
    answerer?: Answerer,
    localId?: string,
  ) => Promise<void>;
  discard: (localId: string) => void;
  /** Asks for another answer to the last question, of another model if one is named. */
  regenerate: (model?: string) => Promise<void>;
  /** Sends one of the user's messages in other words, on a branch of its own. */
  edit: (messageId: string, content: string) => Promise<void>;
  stop: (taskId: string) => Promise<void>;
}

interface View {
  session: SessionState;
  failure: unknown;
}

function reduceView(view: View, action: Action | { type: "unreadable"; failure: unknown }): View {
  if (action.type === "unreadable") return { ...view, failure: action.failure };
  const isRead = action.type === "synced" || action.type === "reread";
  const failure = isRead ? null : view.failure;
  return { session: reduceSession(view.session, action), failure };
}

function opened(id: string): View {
  return { session: { ...emptySession, outgoing: readUnsent(id) }, failure: null };
}

/** `branch` is the one that the session shows, as far as it is known: its messages are read anew when it changes. */
export function useSession(id: string, branch: number | undefined): OpenSession {
  const { chat } = useLive();
  const [view, dispatch] = useReducer(reduceView, id, opened);
  const latest = useRef(view.session);
  const reload = useRef<() => void>(() => undefined);
  const reread = useRef<() => void>(() => undefined);

  useEffect(() => {
    latest.current = view.session;
    keepUnsent(id, view.session.outgoing);
  });

  useEffect(() => {
    let open = true;
    const events = batch<ChatEvent>((events) => dispatch({ type: "events", events }));
    /** Nothing overtakes the events before it. */
    const apply = (action: Action) => {
      events.flush();
      dispatch(action);
    };
    const sync = async (join: boolean) => {
      try {
        if (join) {
          apply({ type: "joining" });
          const joined = await chat.invoke("JoinSession", { sessionId: id });
          if (open) apply({ type: "joined", joined });
        }
        const action = await synchronise(id, latest.current);
        // A page of long messages is rendered piece by piece.
        if (open) startTransition(() => apply(action));
      } catch (failure) {
        if (open) dispatch({ type: "unreadable", failure });
      }
    };
    const stopEvents = chat.on(SESSION_EVENTS, (event) => {
      if (event.data.sessionId !== id) return;
      events.add(event);
      // Only text comes faster than it can be read.
      if (event.name !== "StreamChunk") events.flush();
    });
    const stopConnected = chat.onConnected(() => void sync(true));
    const readBranch = async () => {
      try {
        const action = await branchOf(id, latest.current);
        if (open) apply(action);
      } catch (failure) {
        if (open) dispatch({ type: "unreadable", failure });
      }
    };
    reread.current = () => void readBranch();
    reload.current = () => void sync(chat.state.phase === "live");
    if (chat.state.phase !== "live") void sync(false);
    return () => {
      open = false;
      stopEvents();
      stopConnected();
      if (chat.state.phase !== "live") return;
      void chat.invoke("LeaveSession", { sessionId: id }).catch(() => undefined);
    };
  }, [chat, id]);

  const shown = useRef(branch);
  useEffect(() => {
    if (shown.current !== undefined && branch !== undefined && shown.current !== branch) {
      reread.current();
    }
    shown.current = branch ?? shown.current;
  }, [branch]);

  // The same as long as the session is open, so that turns are not rendered again because of them.
  const stable = useMemo(() => commands(id, dispatch), [id]);
  const again = useCallback(() => reload.current(), []);
  return { id, state: view.session, failure: view.failure, reload: again, ...stable };
}

function commands(id: string, dispatch: Dispatch<Action>) {
  return {
    async loadOlder(before: number) {
      const older = await page(id, { before, limit: PAGE });
      startTransition(() =>
        dispatch({ type: "older", messages: older.items, hasOlder: older.hasMore }),
      );
    },
    async loadBackTo(target: number, before: number) {
      const messages: Message[] = [];
      let hasOlder = true;
      for (let turn = 0; turn < PAGES_BACK && hasOlder; turn += 1) {
        const first = messages[0]?.id ?? before;
        if (first <= target) break;
        const older = await page(id, { before: first, limit: CATCH_UP_PAGE });
        messages.unshift(...older.items);
        hasOlder = older.hasMore;
      }
      // Shown at once, and not as a transition: somebody waits for one of them.
      dispatch({ type: "older", messages, hasOlder });
    },
    /** The gateway applies a message once, even if it is sent again with the same `localId`. */
    async send(
      content: string,
      attachments: Attachment[],
      answerer: Answerer = {},
      localId: string = newLocalId(),
    ) {
      dispatch({ type: "sent", localId, content, attachments, answerer });
      try {
        const accepted = await call(
          api.POST("/api/chat", {
            params: { header: { "Idempotency-Key": localId } },
            body: { sessionId: id, content, attachments, localId, isStreaming: true, ...answerer },
          }),
        );
        dispatch({ type: "accepted", localId, accepted });
      } catch (error) {
        dispatch({ type: "failed", localId, error });
      }
    },
    discard(localId: string) {
      dispatch({ type: "discarded", localId });
    },
    async regenerate(model?: string) {
      const body = model === undefined ? {} : { model };
      await call(api.POST("/api/sessions/{id}/regenerate", { params: { path: { id } }, body }));
    },
    async edit(messageId: string, content: string) {
      const params = { path: { id, messageId } };
      await call(
        api.POST("/api/sessions/{id}/messages/{messageId}/edit", { params, body: { content } }),
      );
    },
    stop: cancelTask,
  };
}
