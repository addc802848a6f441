/**
 * Markdown written by an agent. Raw HTML stays text, the library drops dangerous addresses,
 * and nothing is fetched: an image becomes a link.
 */
import {
  isValidElement,
  memo,
  type ComponentProps,
  type ReactElement,
  type ReactNode,
} from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { Icon } from "../icon.tsx";
import { CodeBlock } from "./code-block.tsx";
import styles from "./markdown.module.css";
import { common } from "../../messages/en/common.ts";

type CodeElement = ReactElement<{ className?: string; children?: ReactNode }>;

function Pre({ children }: { children?: ReactNode }) {
  if (!isValidElement(children)) return <pre>{children}</pre>;
  const { className, children: code } = (children as CodeElement).props;
  const language = /language-(\S+)/.exec(className ?? "")?.[1] ?? null;
  return <CodeBlock language={language} code={typeof code === "string" ? code.trimEnd() : ""} />;
}

function ExternalLink({ href, children }: { href?: string | undefined; children?: ReactNode }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function ImageLink({ src, alt }: ComponentProps<"img">) {
  const address = typeof src === "string" ? src : undefined;
  return (
    <ExternalLink href={address}>
      <span className={styles.image}>
        <Icon name="image" size={16} />
        {alt === undefined || alt === "" ? common.image : alt}
      </span>
    </ExternalLink>
  );
}

function Table({ children }: { children?: ReactNode }) {
  return (
    // A wide table scrolls, so the keyboard must be able to reach it.
    <div className={styles.table} role="region" aria-label={common.table} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}

const COMPONENTS: Components = {
  pre: ({ children }) => <Pre>{children}</Pre>,
  a: ({ href, children }) => <ExternalLink href={href}>{children}</ExternalLink>,
  img: ({ src, alt }) => <ImageLink src={src} alt={alt} />,
  table: ({ children }) => <Table>{children}</Table>,
  // Headings of an answer are below the headings of the page.
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
};
const PLUGINS = [remarkGfm];

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className={styles.markdown}>
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
