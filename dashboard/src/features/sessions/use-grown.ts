import { useLayoutEffect, useRef } from "react";

/** A text area as high as its text, at each width: it may be hidden when it is made, as on a phone. */
export function useGrown(text: string) {
  const box = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    if (box.current !== null) fit(box.current);
  }, [text]);

  useLayoutEffect(() => {
    const area = box.current;
    if (area === null) return;
    let width = area.clientWidth;
    const observer = new ResizeObserver(() => {
      if (area.clientWidth === width) return;
      width = area.clientWidth;
      fit(area);
    });
    observer.observe(area);
    return () => observer.disconnect();
  }, []);

  return box;
}

function fit(area: HTMLTextAreaElement) {
  area.style.height = "auto";
  // What is hidden has no height of its own.
  if (area.scrollHeight > 0) area.style.height = `${area.scrollHeight}px`;
}
