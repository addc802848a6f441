import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ToastProvider } from "../toast.tsx";
import { highlighter } from "./highlight.ts";
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

  it("breaks lines in a cell, and shows other tags", () => {
    expect(html("| a |\n|---|\n| b<br>c <u>d</u> |")).toContain("b<br/>c &lt;u&gt;d&lt;/u&gt;");
  });

  it("puts headings below those of the page", () => {
    expect(html("# One\n\n## Two\n\n###### Six")).toMatch(
      /<h3>One<\/h3>.*<h4>Two<\/h4>.*<h6>Six<\/h6>/,
    );
  });

  it("shows tasks with a box each, and says which are done", () => {
    for (const gap of ["\n", "\n\n"]) {
      const page = html(["- [ ] open", "- [x] shut", "- plain"].join(gap));
      expect(page.match(/Not done:|Done:/g)).toEqual(["Not done:", "Done:"]);
      expect(page).not.toContain("[ ]");
      expect(page).not.toContain("[x]");
      expect(page).toContain("open");
    }
  });

  it("counts on from the number that a list begins with", () => {
    expect(html("7. seven\n8. eight")).toContain('<ol start="7">');
  });

  it("links to what is defined further below", () => {
    expect(html("See [docs].\n\n[docs]: https://docs.example")).toContain(
      'href="https://docs.example"',
    );
  });

  it("shows a formula as it was written until it is typeset", () => {
    expect(html(String.raw`So \(a^2\)`)).toContain("<code>a^2</code>");
  });

  it("shows a diagram when it is whole, in a frame that can do nothing else", () => {
    const source = "```mermaid\nflowchart LR\n  A --> B\n";
    expect(html(source)).not.toContain("<iframe");
    const page = html(`${source}\`\`\``);
    expect(page).toContain('sandbox="allow-scripts"');
    expect(page).toContain('title="Diagram"');
  });

  it("keeps what is far from the window as text, which can be found", () => {
    const long = "Some **bold** words.\n\n".repeat(2_000);
    const page = html(long);
    expect(page.match(/<strong>/g)?.length).toBeLessThan(1_000);
    expect(page).toContain("**bold**");
  });

  it("shows code with its language while the fence is still open", () => {
    const page = html("```rust\nfn main() {");
    expect(page).toContain("rust");
    expect(page).toContain("fn main() {");
  });
});

describe("highlighting", () => {
  it("marks known languages and leaves others as they are", async () => {
    for (const language of ["ts", "TypeScript"]) {
      const highlight = await highlighter(language);
      expect(renderToStaticMarkup(highlight?.("let x = 1;"))).toContain("hljs-keyword");
      const endless = `let x = "${"x".repeat(20_000)}";`;
      expect(highlight?.(endless)).toBe(endless);
    }
    expect(await highlighter("klingon")).toBeNull();
  });
});
