import { startTransition, useEffect, useRef, useState, type RefObject } from "react";

/** How far around what is in view counts as near. */
const MARGIN = "150%";

type Listener = () => void;

const listeners = new WeakMap<Element, Listener>();
let observer: IntersectionObserver | undefined;

function observe(element: Element, onNear: Listener) {
  // Browsers that do not know `scrollMargin` see what scrolls in a box only when it is in view.
  const options: IntersectionObserverInit & { scrollMargin: string } = {
    rootMargin: MARGIN,
    scrollMargin: MARGIN,
  };
  observer ??= new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) listeners.get(target)?.();
  }, options);
  listeners.set(element, onNear);
  observer.observe(element);
}

/** Whether an element has been near the window, or is to be taken for it from the beginning. */
export function useNear(
  initially: boolean,
): [element: RefObject<HTMLDivElement | null>, near: boolean] {
  const element = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(initially);
  useEffect(() => {
    const watched = element.current;
    if (near || watched === null) return;
    observe(watched, () => startTransition(() => setNear(true)));
    return () => observer?.unobserve(watched);
  }, [near]);
  return [element, near];
}
