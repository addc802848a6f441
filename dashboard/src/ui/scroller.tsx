/** What is wider than its place: it scrolls sideways, and its edges show where there is more. */
import { use, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { RenderedContext } from "./use-rendered.ts";
import styles from "./scroller.module.css";

interface ScrollerProps {
  /** What it is, for those who reach it by keyboard. */
  label: string;
  className?: string | undefined;
  children: ReactNode;
}

export function Scroller({ label, className, children }: ScrollerProps) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [more, setMore] = useState("");
  const rendered = use(RenderedContext);

  useLayoutEffect(() => {
    const element = box.current;
    // What is watched takes time in every frame, in sight or not.
    if (element === null || !rendered) return;
    const look = () => setMore(hidden(element));
    const observer = new ResizeObserver(look);
    observer.observe(element);
    if (content.current !== null) observer.observe(content.current);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [rendered]);

  const scrolls = more !== "";
  return (
    <div className={classNames(styles.frame, className)} data-more={scrolls ? more : undefined}>
      <div
        ref={box}
        className={styles.box}
        // Only what scrolls has to be reached by keyboard.
        {...(scrolls && { role: "region", "aria-label": label, tabIndex: 0 })}
      >
        <div ref={content} className={styles.content}>
          {children}
        </div>
      </div>
    </div>
  );
}

/** On which sides something is out of sight. */
function hidden({ scrollLeft, scrollWidth, clientWidth }: Element): string {
  const sides = [];
  if (scrollLeft > 1) sides.push("before");
  if (scrollWidth - clientWidth - scrollLeft > 1) sides.push("after");
  return sides.join(" ");
}
