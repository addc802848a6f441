import { useEffect, useState, type ReactNode } from "react";
import { CopyIcon } from "../copy-button.tsx";
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
      <pre tabIndex={0}>
        <code>{language !== null && highlight ? highlight(code, language) : code}</code>
      </pre>
    </figure>
  );
}
