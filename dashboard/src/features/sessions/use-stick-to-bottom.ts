import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from "react";

/** This close to the end (pixels) counts as at the end. */
const NEAR = 64;

interface Place {
  element: Element;
  /** Where it stands in the window (pixels). */
  top: number;
}

/**
 * Keeps a scrolled box at its end while it grows, until a person scrolls away from there. Then what is at the top of
 * the box stays where it is, whatever comes or grows above it. Scrolls to the end when the person adds something (a
 * new `ownKey`).
 */
export function useStickToBottom(ownKey: string | undefined) {
  const box = useRef<HTMLDivElement>(null);
  /** All that the box shows. */
  const content = useRef<HTMLDivElement>(null);
  const pinned = useRef(true);
  const place = useRef<Place | null>(null);
  const last = useRef(0);
  const [away, setAway] = useState(false);

  const settle = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    if (pinned.current) element.scrollTop = element.scrollHeight;
    else if (place.current?.element.isConnected) {
      const { element: seen, top } = place.current;
      element.scrollTop += seen.getBoundingClientRect().top - top;
    }
    last.current = element.scrollTop;
  }, []);

  useLayoutEffect(() => {
    if (ownKey === undefined) return;
    pinned.current = true;
    settle();
  }, [ownKey, settle]);

  useSizes(box, content, settle);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    // What grew since the last frame is below the box, and yet nobody has scrolled.
    if (left < NEAR) pinned.current = true;
    else if (element.scrollTop < last.current) pinned.current = false;
    place.current = pinned.current ? null : topmost(element, content.current);
    last.current = element.scrollTop;
    setAway(!pinned.current);
  }, []);

  const toEnd = useCallback(() => {
    pinned.current = true;
    settle();
  }, [settle]);

  const toElement = useCallback((element: HTMLElement) => {
    pinned.current = false;
    element.scrollIntoView({ block: "start" });
    element.focus({ preventScroll: true });
    place.current = { element, top: element.getBoundingClientRect().top };
    last.current = box.current?.scrollTop ?? 0;
    setAway(true);
  }, []);

  return { box, content, away, onScroll, toEnd, toElement };
}

/** Calls `onChange` before the window is painted with the box or its content in another size. */
function useSizes(
  box: RefObject<Element | null>,
  content: RefObject<Element | null>,
  onChange: () => void,
) {
  useLayoutEffect(() => {
    const observer = new ResizeObserver(onChange);
    for (const { current } of [box, content]) if (current !== null) observer.observe(current);
    return () => observer.disconnect();
  }, [box, content, onChange]);
}

/** The first thing in the list of `content` that is in view. */
function topmost(box: Element, content: Element | null): Place | null {
  const edge = box.getBoundingClientRect().top;
  const items = content?.querySelectorAll(":scope > ol > li");
  if (items === undefined) return null;
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const item = items.item(middle);
    if (item.getBoundingClientRect().bottom <= edge) from = middle + 1;
    else to = middle;
  }
  if (from === items.length) return null;
  const element = items.item(from);
  return { element, top: element.getBoundingClientRect().top };
}
