import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { Rich } from "./rich.tsx";

it("shows code, values and wrapped text where the tags stand", () => {
  const text = "Run <code>pair</code> on <node/>, or <link>register again</link>.";
  const parts = { node: <b>{"<code>x</code>"}</b>, link: (content: string) => <a>{content}</a> };
  expect(renderToStaticMarkup(<Rich text={text} parts={parts} />)).toBe(
    "Run <code>pair</code> on <b>&lt;code&gt;x&lt;/code&gt;</b>, or <a>register again</a>.",
  );
});

it("shows a text without tags as it is", () => {
  expect(renderToStaticMarkup(<Rich text="3 < 4 > 2" />)).toBe("3 &lt; 4 &gt; 2");
});
