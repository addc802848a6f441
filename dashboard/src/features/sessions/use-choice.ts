/** Choosing several sessions, to do something with all of them. */
import { useState } from "react";

export interface Choice {
  /** The ids of those that are chosen; null while none are being chosen. */
  chosen: ReadonlySet<string> | null;
  begin: () => void;
  toggle: (id: string) => void;
  end: () => void;
}

export function useChoice(): Choice {
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  return {
    chosen,
    begin: () => setChosen(new Set()),
    toggle: (id) =>
      setChosen((now) => {
        const next = new Set(now);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    end: () => setChosen(null),
  };
}
