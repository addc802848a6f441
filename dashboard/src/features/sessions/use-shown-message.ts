import { useEffect, useRef, type RefObject } from "react";
import { useToast } from "../../ui/toast.tsx";
import type { OpenSession } from "./use-session.ts";

/** The attribute by which the turn of a message is found: its number. */
export const NUMBER = "data-number";

/** Shows the message with this number once, and loads the history back to it if need be. */
export function useShownMessage(
  open: OpenSession,
  number: number | null,
  content: RefObject<Element | null>,
  show: (element: HTMLElement) => void,
) {
  const { state, loadBackTo } = open;
  const { attempt } = useToast();
  const shown = useRef<number | null>(null);
  const loading = useRef(false);

  useEffect(() => {
    if (number === null || shown.current === number || !state.loaded) return;
    const turn = content.current?.querySelector<HTMLElement>(`[${NUMBER}="${number}"]`);
    if (turn) {
      shown.current = number;
      show(turn);
      return;
    }
    const [first] = state.messages;
    if (loading.current || first === undefined || !state.hasOlder || first.id <= number) return;
    loading.current = true;
    void attempt(() => loadBackTo(number, first.id)).finally(() => {
      loading.current = false;
    });
  }, [attempt, content, loadBackTo, number, show, state]);
}
