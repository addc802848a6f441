import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ToastProvider } from "../toast.tsx";
import { highlight } from "./highlight.ts";
import { Markdown } from "./markdown.tsx";

const html = (text: string) =>
  renderToStaticMarkup(
    <ToastProvider>
      <Markdown text={text} />
    </ToastProvider>,
  );

describe("markdown from an agent", () => {
  it("keeps raw HTML as text", () => {
    const page = html("<img src=x onerror=alert(1)> <script>alert(1)</script>");
    expect(page).not.toMatch(/<img|<script/);
    expect(page).toContain("&lt;script&gt;");
  });

  it("never loads an image by itself", () => {
    const page = html("![a cat](https://example.org/cat.png)");
    expect(page).not.toContain("<img");
    expect(page).toContain('href="https://example.org/cat.png"');
    expect(page).toContain("a cat");
  });

  it("drops addresses that run code", () => {
    expect(html("[x](javascript:alert(1))")).not.toContain("javascript:");
  });

  it("opens links apart and tells them nothing", () => {
    expect(html("[x](https://example.org)")).toContain('rel="noopener noreferrer nofollow"');
  });

  it("shows code with its language while the fence is still open", () => {
    const page = html("```rust\nfn main() {");
    expect(page).toContain("rust");
    expect(page).toContain("fn main() {");
  });
});

describe("highlighting", () => {
  it("marks known languages and leaves others as they are", () => {
    expect(renderToStaticMarkup(highlight("let x = 1;", "ts"))).toContain("hljs-keyword");
    expect(highlight("let x = 1;", "klingon")).toBe("let x = 1;");
  });
});
