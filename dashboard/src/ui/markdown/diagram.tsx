import { useEffect, useRef, useState } from "react";
import { useDark } from "../use-dark.ts";
import { CodeBlock } from "./code-block.tsx";
import styles from "./markdown.module.css";
import { common } from "../../messages/en/common.ts";

/** Longer diagrams (characters) are shown as they were written. */
const LONGEST = 20_000;
/** The tallest a diagram is shown (pixels); a taller one scrolls. */
const TALLEST = 900;

/** What the frame tells: that it is there, how tall its diagram is, or that it does not understand it. */
type Report = { state: "ready" } | { state: "drawn"; height: number } | { state: "failed" };

/**
 * A Mermaid diagram. It is drawn in a frame of its own that can do nothing else: it is of another origin, and has no
 * network. One that is not understood is shown as it was written.
 */
export function Diagram({ source }: { source: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const dark = useDark();
  const [height, setHeight] = useState<number | null>(null);
  const [failed, setFailed] = useState(source.length > LONGEST);

  useEffect(() => {
    const draw = () => {
      if (frame.current === null) return;
      const background = getComputedStyle(frame.current).backgroundColor;
      // The frame's origin has no name.
      frame.current.contentWindow?.postMessage({ source, dark, background }, "*");
    };
    const onMessage = ({ source: from, data }: MessageEvent<Report>) => {
      if (from === null || from !== frame.current?.contentWindow) return;
      if (data.state === "ready") draw();
      if (data.state === "drawn") setHeight(Math.min(data.height, TALLEST));
      if (data.state === "failed") setFailed(true);
    };
    window.addEventListener("message", onMessage);
    draw();
    return () => window.removeEventListener("message", onMessage);
  }, [source, dark]);

  if (failed) return <CodeBlock code={source} language="mermaid" />;
  return (
    <figure className={styles.diagram} aria-busy={height === null}>
      <iframe
        ref={frame}
        src="diagram.html"
        title={common.diagram}
        sandbox="allow-scripts"
        loading="lazy"
        style={{ height: height ?? undefined }}
      />
    </figure>
  );
}
