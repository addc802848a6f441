import { useCallback, useLayoutEffect, useRef, useState } from "react";

/** This close to the end (pixels) counts as at the end. */
const NEAR = 64;

/**
 * Keeps a scrolled box at its end while it grows, unless the user has scrolled away. Keeps the position when
 * earlier content (a new `firstKey`) is inserted above, and scrolls to the end when the user adds something
 * (a new `ownKey`).
 */
export function useStickToBottom(firstKey: string | undefined, ownKey: string | undefined) {
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
    // A shrinking window or a growing composer hides the end as well.
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
