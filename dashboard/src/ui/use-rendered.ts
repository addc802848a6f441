import { createContext, useEffect, useState, type RefObject } from "react";

/** Whether the browser renders what is around a component, or skips it, since it is out of sight. */
export const RenderedContext = createContext(true);

/**
 * Whether the browser renders what is in an element with `content-visibility: auto`. One that does not tell renders it.
 */
export function useRendered(element: RefObject<HTMLElement | null>): boolean {
  const [rendered, setRendered] = useState(true);
  useEffect(() => {
    const watched = element.current;
    const onChange = (event: Event) => {
      // Those of elements in it come here as well.
      if (event.target !== watched) return;
      setRendered(!(event as ContentVisibilityAutoStateChangeEvent).skipped);
    };
    watched?.addEventListener("contentvisibilityautostatechange", onChange);
    return () => watched?.removeEventListener("contentvisibilityautostatechange", onChange);
  }, [element]);
  return rendered;
}
