import { useCallback, useLayoutEffect, useRef, useState } from "react";

/** This close to the end (pixels) counts as being there. */
const NEAR = 64;

/**
 * Keeps a scrolled box at its end while it grows, unless the person has scrolled away, and keeps the
 * place when earlier content (a new `firstKey`) is put above. Who adds to it (a new `ownKey`) is taken to the end.
 */
export function useFollow(firstKey: string | undefined, ownKey: string | undefined) {
  const box = useRef<HTMLDivElement>(null);
  const pinned = useRef(true);
  const before = useRef({ firstKey, ownKey, height: 0 });
  const [away, setAway] = useState(false);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (ownKey !== undefined && ownKey !== before.current.ownKey) pinned.current = true;
    if (pinned.current) element.scrollTop = element.scrollHeight;
    else if (before.current.firstKey !== firstKey) {
      element.scrollTop += element.scrollHeight - before.current.height;
    }
    before.current = { firstKey, ownKey, height: element.scrollHeight };
  });

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    // A window that shrinks, or a composer that grows, hides the end as well.
    const observer = new ResizeObserver(() => {
      if (pinned.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    pinned.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    setAway(!pinned.current);
  }, []);

  const toEnd = useCallback(() => {
    pinned.current = true;
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, []);

  return { box, away, onScroll, toEnd };
}
