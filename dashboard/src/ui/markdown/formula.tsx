import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Scroller } from "../scroller.tsx";
import styles from "./markdown.module.css";
import { common } from "../../messages/en/common.ts";

type Typeset = (element: HTMLElement, text: string, display: boolean) => void;

let loaded: Typeset | undefined;

/** Loads the typesetter with the first formula, not with the page. */
function useTypeset(): Typeset | undefined {
  const [typeset, setTypeset] = useState(() => loaded);
  useEffect(() => {
    if (loaded !== undefined) return;
    let wanted = true;
    // Without the typesetter the formula is shown as it was written.
    import("./typeset.ts").then(
      (module) => {
        loaded = module.typeset;
        if (wanted) setTypeset(() => loaded);
      },
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, []);
  return typeset;
}

/** Longer formulas (characters) are shown as they were written. */
const LONGEST = 4_000;

/** A formula in TeX; one that is not understood is shown as it was written. */
export function Formula({ text, display }: { text: string; display: boolean }) {
  const typeset = useTypeset();
  const place = useRef<HTMLElement>(null);
  const isTypeset = typeset !== undefined && text.length <= LONGEST;

  useLayoutEffect(() => {
    if (isTypeset && place.current !== null) typeset(place.current, text, display);
  }, [typeset, isTypeset, text, display]);

  const formula = isTypeset ? <span ref={place} /> : <code>{text}</code>;
  if (!display) return formula;
  return (
    <Scroller className={styles.formula} label={common.formula}>
      {formula}
    </Scroller>
  );
}
