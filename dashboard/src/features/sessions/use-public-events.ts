/** What happens in a public session, told to everybody over its event stream. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { basePath } from "../../api/base-path.ts";

/** When a stream that was refused is asked for again (milliseconds). */
const AGAIN_AFTER = 10_000;

/** Keeps what is shown up to date; returns whether an agent is writing. */
export function usePublicEvents(id: string): boolean {
  const queries = useQueryClient();
  const [writing, setWriting] = useState(false);
  useEffect(() => {
    const address = `${basePath}/api/sessions/${encodeURIComponent(id)}/stream`;
    const reload = (key: string) => () => void queries.invalidateQueries({ queryKey: [key, id] });
    const messages = reload("public messages");
    const session = reload("public session");
    let events: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = () => {
      events = new EventSource(address);
      events.addEventListener("open", messages);
      events.addEventListener("message", messages);
      events.addEventListener("resync", messages);
      events.addEventListener("session_updated", session);
      events.addEventListener("presence", ({ data }) => {
        setWriting((JSON.parse(String(data)) as { status: string }).status === "working");
      });
      events.addEventListener("error", () => {
        // A browser connects again by itself, unless it was refused: it may be shared no longer, or busy for a while.
        if (events.readyState !== EventSource.CLOSED) return;
        session();
        timer = setTimeout(listen, AGAIN_AFTER);
      });
    };
    listen();
    return () => {
      clearTimeout(timer);
      events.close();
    };
  }, [id, queries]);
  return writing;
}
