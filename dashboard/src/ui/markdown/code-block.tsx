import { memo, startTransition, useEffect, useState } from "react";
import { IconButton } from "../button.tsx";
import { CopyIcon } from "../copy-button.tsx";
import { saveFile } from "../save-file.ts";
import { Scroller } from "../scroller.tsx";
import { chunksOf } from "./code-chunks.ts";
import { codeFileName } from "./code-file.ts";
import type { Highlight } from "./highlight.ts";
import styles from "./markdown.module.css";
import { common } from "../../messages/en/common.ts";

/** Loads the highlighter with the first block of code in a language, not with the page. */
function useHighlight(language: string | null): Highlight | null {
  const [loaded, setLoaded] = useState<{ language: string; highlight: Highlight | null }>();
  useEffect(() => {
    if (language === null) return;
    let wanted = true;
    const load = async () => {
      const { highlighter } = await import("./highlight.ts");
      const highlight = await highlighter(language);
      if (wanted) startTransition(() => setLoaded({ language, highlight }));
    };
    // Without the highlighter the code is shown plain.
    load().catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [language]);
  return loaded?.language === language ? loaded.highlight : null;
}

export function CodeBlock({ code, language }: { code: string; language: string | null }) {
  const highlight = useHighlight(language);
  const [wraps, setWraps] = useState(false);
  const chunks = chunksOf(code);
  return (
    <figure className={styles.code} data-wraps={wraps || undefined}>
      <figcaption>
        <span>{language ?? common.plainText}</span>
        <IconButton
          small
          icon="wrap"
          label={common.wrapLines}
          aria-pressed={wraps}
          onClick={() => setWraps(!wraps)}
        />
        <IconButton
          small
          icon="download"
          label={common.downloadCode}
          onClick={() => saveFile(new Blob([code], { type: "text/plain" }), codeFileName(language))}
        />
        <CopyIcon text={code} label={common.copyCode} />
      </figcaption>
      <Scroller label={common.code}>
        <pre>
          <code>
            {chunks.map((chunk, index) => (
              <Chunk key={index} code={chunk} highlight={highlight} alone={chunks.length === 1} />
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
  highlight: Highlight | null;
  /** It is all of its code. What is out of sight with its section need not be so by itself, which has its price. */
  alone: boolean;
}

const Chunk = memo(function Chunk({ code, highlight, alone }: ChunkProps) {
  const content = highlight ? highlight(code) : code;
  if (alone) return content;
  const lines = code.split("\n").length - (code.endsWith("\n") ? 1 : 0);
  return (
    <span
      className={styles.chunk}
      style={{ containIntrinsicBlockSize: `auto ${(lines * LINE).toFixed(2)}em` }}
    >
      {content}
    </span>
  );
});
