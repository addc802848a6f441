/** What happens in a public session, told to everybody over its event stream. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { basePath } from "../../api/base-path.ts";

/** Keeps what is shown up to date; returns whether an agent is writing. */
export function usePublicEvents(id: string): boolean {
  const queries = useQueryClient();
  const [writing, setWriting] = useState(false);
  useEffect(() => {
    const address = `${basePath}/api/sessions/${encodeURIComponent(id)}/stream`;
    // A browser connects again by itself, and is sent what it missed.
    const events = new EventSource(address);
    const reload = (key: string) => () => void queries.invalidateQueries({ queryKey: [key, id] });
    const messages = reload("public messages");
    const session = reload("public session");
    events.addEventListener("message", messages);
    events.addEventListener("resync", messages);
    events.addEventListener("session_updated", session);
    events.addEventListener("presence", ({ data }) => {
      setWriting((JSON.parse(String(data)) as { status: string }).status === "working");
    });
    events.addEventListener("error", () => {
      // The stream is refused or was ended: it may be shared no longer.
      if (events.readyState === EventSource.CLOSED) session();
    });
    return () => events.close();
  }, [id, queries]);
  return writing;
}
