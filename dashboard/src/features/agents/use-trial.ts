/**
 * A conversation that tries an agent out: a session that is made with the first message, and deleted when the trial ends. It
 * knows of its answers what the events of the hub tell.
 */
import { useEffect, useReducer, useRef } from "react";
import { api, call } from "../../api/client.ts";
import { newLocalId } from "../../api/local-id.ts";
import { SESSION_EVENTS } from "../../entities/session/session-events.ts";
import { reduceSession, type Action } from "../../entities/session/session-reducer.ts";
import { emptySession, type SessionState } from "../../entities/session/session-state.ts";
import { cancelTask } from "../../entities/task/tasks.ts";
import { batch } from "../../live/batch.ts";
import type { ChatEvent } from "../../live/events.ts";
import { useLive } from "../../live/live.tsx";
import { agents as t } from "../../messages/en/agents.ts";

/** Page of messages that a trial shows after the connection was lost. */
const PAGE = 50;

interface Trial {
  id: string | null;
  state: SessionState;
}

type Step = Action | { type: "begun"; id: string };

function reduce(trial: Trial, step: Step): Trial {
  if (step.type === "begun") return { id: step.id, state: { ...emptySession, loaded: true } };
  return { ...trial, state: reduceSession(trial.state, step) };
}

export function useTrial(agentId: string, agentName: string) {
  const { chat } = useLive();
  const [trial, dispatch] = useReducer(reduce, { id: null, state: emptySession });
  const { id, state } = trial;

  useEffect(() => {
    if (id === null) return;
    const events = batch<ChatEvent>((events) => dispatch({ type: "events", events }));
    const stopEvents = chat.on(SESSION_EVENTS, (event) => {
      if (event.data.sessionId !== id) return;
      events.add(event);
      if (event.name !== "StreamChunk") events.flush();
    });
    const join = async () => {
      dispatch({ type: "joining" });
      const joined = await chat.invoke("JoinSession", { sessionId: id });
      dispatch({ type: "joined", joined });
      const params = { path: { id }, query: { limit: PAGE } };
      const { items } = await call(api.GET("/api/sessions/{id}/messages", { params }));
      dispatch({ type: "older", messages: items, hasOlder: false });
    };
    // It fails only when the connection breaks, and is repeated after the next connect.
    const stopConnected = chat.onConnected(() => void join().catch(() => undefined));
    const leave = () => void endTrial(id);
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      stopEvents();
      stopConnected();
      leave();
    };
  }, [chat, id]);

  const beginning = useRef<Promise<string> | null>(null);
  const begin = async (): Promise<string> => {
    const body = { agentId, title: t.trialOf(agentName) };
    const made = await call(api.POST("/api/sessions", { body }));
    dispatch({ type: "begun", id: made.id });
    return made.id;
  };

  const send = async (content: string) => {
    beginning.current ??= begin();
    let sessionId: string;
    try {
      sessionId = await beginning.current;
    } catch (error) {
      beginning.current = null;
      throw error;
    }
    const localId = newLocalId();
    dispatch({ type: "sent", localId, content, attachments: [], answerer: {} });
    try {
      const accepted = await call(
        api.POST("/api/chat", {
          params: { header: { "Idempotency-Key": localId } },
          body: { sessionId, content, localId, isStreaming: true },
        }),
      );
      dispatch({ type: "accepted", localId, accepted });
    } catch (error) {
      dispatch({ type: "discarded", localId });
      throw error;
    }
  };

  return { id, state, send, stop: cancelTask };
}

/** Also while the page goes away. If it fails, the session stays in the list, with the name of a trial. */
async function endTrial(id: string) {
  const params = { path: { id } };
  await call(api.DELETE("/api/sessions/{id}", { params, keepalive: true })).catch(() => undefined);
}
