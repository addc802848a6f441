import { memo, useEffect, useState, type ReactNode } from "react";
import { CopyIcon } from "../copy-button.tsx";
import { Scroller } from "../scroller.tsx";
import { chunksOf } from "./code-chunks.ts";
import styles from "./markdown.module.css";
import { common } from "../../messages/en/common.ts";

type Highlight = (code: string, language: string) => ReactNode;

let loading: Promise<{ highlight: Highlight }> | undefined;

/** Loads the highlighter with the first block of code, not with the page. */
function useHighlight(wanted: boolean): Highlight | null {
  const [loaded, setLoaded] = useState<{ highlight: Highlight } | null>(null);
  useEffect(() => {
    if (!wanted) return;
    loading ??= import("./highlight.ts");
    // Without the highlighter the code is shown plain.
    loading.then(setLoaded, () => (loading = undefined));
  }, [wanted]);
  return loaded?.highlight ?? null;
}

export function CodeBlock({ code, language }: { code: string; language: string | null }) {
  const highlight = useHighlight(language !== null);
  return (
    <figure className={styles.code}>
      <figcaption>
        <span>{language ?? common.plainText}</span>
        <CopyIcon text={code} label={common.copyCode} />
      </figcaption>
      <Scroller label={common.code}>
        <pre>
          <code>
            {chunksOf(code).map((chunk, index) => (
              <Chunk key={index} code={chunk} language={language} highlight={highlight} />
            ))}
          </code>
        </pre>
      </Scroller>
    </figure>
  );
}

/** The height of a line (em), as in the style sheet. */
const LINE = 1.55;

interface ChunkProps {
  code: string;
  language: string | null;
  highlight: Highlight | null;
}

const Chunk = memo(function Chunk({ code, language, highlight }: ChunkProps) {
  const lines = code.split("\n").length - (code.endsWith("\n") ? 1 : 0);
  return (
    <span
      className={styles.chunk}
      style={{ containIntrinsicBlockSize: `auto ${(lines * LINE).toFixed(2)}em` }}
    >
      {language !== null && highlight ? highlight(code, language) : code}
    </span>
  );
});
