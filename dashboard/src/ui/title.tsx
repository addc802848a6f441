/** The window's title: how much waits, what is shown, and whose window it is. */
import { createContext, use, useEffect, useState, type ReactNode } from "react";

const NAME = "Sophon";

const TitleContext = createContext<(title: string | null) => void>(() => undefined);

export function windowTitle(shown: string | null, waiting: number): string {
  const title = shown === null ? NAME : `${shown} · ${NAME}`;
  return waiting === 0 ? title : `(${waiting}) ${title}`;
}

interface TitleProviderProps {
  /** Seen in the tab of a window that is behind another. */
  waiting: number;
  children: ReactNode;
}

export function TitleProvider({ waiting, children }: TitleProviderProps) {
  const [shown, show] = useState<string | null>(null);
  useEffect(() => {
    document.title = windowTitle(shown, waiting);
  }, [shown, waiting]);
  useEffect(
    () => () => {
      document.title = NAME;
    },
    [],
  );
  return <TitleContext value={show}>{children}</TitleContext>;
}

/** Names what is shown; `undefined` leaves that to another part of the page, or to later. */
export function useTitle(title: string | undefined) {
  const show = use(TitleContext);
  useEffect(() => {
    if (title === undefined) return;
    show(title);
    return () => show(null);
  }, [show, title]);
}
