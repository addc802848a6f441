/** KaTeX and its fonts, loaded on demand. It builds elements, never HTML text, as the content security policy asks. */
import katex from "katex";
import "katex/dist/katex.min.css";

/** How often macros may be expanded in a formula. */
const EXPANSIONS = 500;
/** The largest size that a formula may ask for (em). */
const LARGEST = 50;

/** Fills `element` with a formula in TeX, or with the TeX if that is not understood. */
export function typeset(element: HTMLElement, text: string, display: boolean) {
  try {
    katex.render(text, element, {
      displayMode: display,
      throwOnError: true,
      strict: "ignore",
      trust: false,
      maxExpand: EXPANSIONS,
      maxSize: LARGEST,
    });
  } catch (error) {
    if (!(error instanceof katex.ParseError)) throw error;
    const code = document.createElement("code");
    code.textContent = text;
    element.replaceChildren(code);
  }
}
