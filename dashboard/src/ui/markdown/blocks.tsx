/** The blocks of Markdown. A block whose text has not changed is not rendered again, nor an item or a row in it. */
import { memo, type ReactNode } from "react";
import type { Tokens } from "marked";
import { classNames } from "../class-names.ts";
import { Icon } from "../icon.tsx";
import { Scroller } from "../scroller.tsx";
import { CodeBlock } from "./code-block.tsx";
import { Diagram } from "./diagram.tsx";
import { Formula } from "./formula.tsx";
import { Inlines } from "./inlines.tsx";
import styles from "./markdown.module.css";
import type { Token } from "./syntax.ts";
import { common } from "../../messages/en/common.ts";

/** `start` is the number of the first item of a list that was begun elsewhere. */
export function Blocks({ tokens, start = null }: { tokens: Token[]; start?: number | null }) {
  return tokens.map((token, index) => (
    <Block key={index} token={token} start={index === 0 ? start : null} />
  ));
}

interface BlockProps {
  token: Token;
  start: number | null;
}

const Block = memo(
  function Block({ token, start }: BlockProps): ReactNode {
    switch (token.type) {
      case "paragraph":
        return (
          <p>
            <Inlines text={token.text} />
          </p>
        );
      case "text":
        return <Inlines text={token.text} />;
      case "heading":
        return <Heading token={token} />;
      case "code":
        return <Code token={token} />;
      case "list":
        return <List token={token} start={start} />;
      case "table":
        return <Table token={token} />;
      case "blockquote":
        return (
          <blockquote>
            <Blocks tokens={token.tokens as Token[]} />
          </blockquote>
        );
      case "hr":
        return <hr />;
      case "formula":
        return <Formula text={token.text} display />;
      case "footnote":
        return (
          <p className={styles.footnote}>
            <sup>{token.label}</sup> <Inlines text={token.text} />
          </p>
        );
      case "html":
        return <p className={styles.raw}>{token.text.trimEnd()}</p>;
      default:
        return null;
    }
  },
  (before, after) =>
    before.token.raw === after.token.raw &&
    before.token.type === after.token.type &&
    before.start === after.start,
);

/** The headings of an answer are below those of the page. */
function Heading({ token }: { token: Tokens.Heading }) {
  const Level = (["h3", "h4", "h5", "h6"] as const)[token.depth - 1] ?? "h6";
  return (
    <Level>
      <Inlines text={token.text} />
    </Level>
  );
}

const CLOSED = /\n[ \t]*(?:`{3,}|~{3,})\s*$/;

function Code({ token }: { token: Tokens.Code }) {
  const language = /^\S+/.exec(token.lang ?? "")?.[0] ?? null;
  if (language === "mermaid" && CLOSED.test(token.raw)) return <Diagram source={token.text} />;
  return <CodeBlock code={token.text} language={language} />;
}

function List({ token, start }: { token: Tokens.List; start: number | null }) {
  const items = token.items.map((item, index) => (
    <Item key={index} item={item} isLoose={token.loose} />
  ));
  if (!token.ordered) return <ul>{items}</ul>;
  return <ol start={start ?? Number(token.start)}>{items}</ol>;
}

const Item = memo(
  function Item({ item, isLoose }: { item: Tokens.ListItem; isLoose: boolean }) {
    if (!item.task) return <li>{<ItemBlocks item={item} isLoose={isLoose} />}</li>;
    return (
      <li className={styles.task} data-done={item.checked}>
        <span className={styles.box}>
          {item.checked && <Icon name="check" size={12} />}
          <span className="visually-hidden">
            {item.checked ? common.taskDone : common.taskOpen}
          </span>
        </span>
        <div>
          <ItemBlocks item={item} isLoose={isLoose} />
        </div>
      </li>
    );
  },
  (before, after) => before.item.raw === after.item.raw && before.isLoose === after.isLoose,
);

function ItemBlocks({ item, isLoose }: { item: Tokens.ListItem; isLoose: boolean }) {
  const tokens = (item.tokens as Token[]).filter(({ type }) => type !== "checkbox");
  const [first, ...rest] = tokens;
  if (first?.type !== "text" && first?.type !== "paragraph") return <Blocks tokens={tokens} />;
  // In a loose list, the box is still in the text.
  const text = item.task ? first.text.replace(/^\[[ xX]\]\s+/, "") : first.text;
  const type = isLoose ? "paragraph" : "text";
  return <Blocks tokens={[{ type, raw: first.raw, text, tokens: [] }, ...rest]} />;
}

function Table({ token }: { token: Tokens.Table }) {
  return (
    <Scroller className={styles.table} label={common.table}>
      <table>
        <thead>
          <Row cells={token.header} />
        </thead>
        <tbody>
          {token.rows.map((cells, index) => (
            <Row key={index} cells={cells} />
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

const Row = memo(
  function Row({ cells }: { cells: Tokens.TableCell[] }) {
    return (
      <tr>
        {cells.map(({ header, align, text }, index) => {
          const Cell = header ? "th" : "td";
          return (
            <Cell key={index} className={classNames(align !== null && styles[align])}>
              <Inlines text={text} />
            </Cell>
          );
        })}
      </tr>
    );
  },
  (before, after) =>
    before.cells.length === after.cells.length &&
    before.cells.every(
      ({ text, align }, index) =>
        text === after.cells[index]?.text && align === after.cells[index].align,
    ),
);
