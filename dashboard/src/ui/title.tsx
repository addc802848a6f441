/** The window's title: how many prompts wait, the page, and the product. */
import { createContext, use, useEffect, useState, type ReactNode } from "react";

const NAME = "Sophon";

const TitleContext = createContext<(title: string | null) => void>(() => undefined);

export function windowTitle(shown: string | null, waiting: number): string {
  const title = shown === null ? NAME : `${shown} · ${NAME}`;
  return waiting === 0 ? title : `(${waiting}) ${title}`;
}

interface TitleProviderProps {
  /** Shown in the browser's tab, which is visible when another tab is open. */
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

/** Sets the title; `undefined` leaves the title to another part of the page. */
export function useTitle(title: string | undefined) {
  const show = use(TitleContext);
  useEffect(() => {
    if (title === undefined) return;
    show(title);
    return () => show(null);
  }, [show, title]);
}
