/** What stands in a block of Markdown. Raw HTML stays text, and nothing is fetched: an image becomes a link. */
import { createContext, memo, use, type ReactNode } from "react";
import type { Tokens } from "marked";
import { Icon } from "../icon.tsx";
import { Formula } from "./formula.tsx";
import styles from "./markdown.module.css";
import { inlinesOf, piecesOf, type Links, type Token } from "./syntax.ts";
import { decoded, safeAddress } from "./text.ts";
import { common } from "../../messages/en/common.ts";

export const LinksContext = createContext<Links>({});

export function Inlines({ text }: { text: string }) {
  const links = use(LinksContext);
  return piecesOf(text).map((piece, index) => <Piece key={index} text={piece} links={links} />);
}

const Piece = memo(function Piece({ text, links }: { text: string; links: Links }) {
  return <Tokens tokens={inlinesOf(text, links)} />;
});

function Tokens({ tokens }: { tokens: Token[] }) {
  return tokens.map((token, index) => <Inline key={index} token={token} />);
}

function children(token: { tokens?: unknown }): ReactNode {
  return <Tokens tokens={(token.tokens ?? []) as Token[]} />;
}

function Inline({ token }: { token: Token }): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{children(token)}</strong>;
    case "em":
      return <em>{children(token)}</em>;
    case "del":
      return <del>{children(token)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "formula":
      return <Formula text={token.text} display={token.display} />;
    case "footnoteMark":
      return <sup>{token.label}</sup>;
    case "link":
      return <Link token={token} />;
    case "image":
      return <ImageLink href={token.href} alt={token.text} />;
    case "html":
      return /^<br\s*\/?>$/i.test(token.raw) ? <br /> : token.raw;
    case "escape":
      return token.text;
    case "text":
      return decoded(token.text);
    default:
      return token.raw;
  }
}

function Link({ token }: { token: Tokens.Link }) {
  if (token.autolink) return <ExternalLink href={token.href}>{token.text}</ExternalLink>;
  return <ExternalLink href={decoded(token.href)}>{children(token)}</ExternalLink>;
}

function ExternalLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a href={safeAddress(href)} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function ImageLink({ href, alt }: { href: string; alt: string }) {
  return (
    <ExternalLink href={decoded(href)}>
      <span className={styles.image}>
        <Icon name="image" size={16} />
        {alt === "" ? common.image : decoded(alt)}
      </span>
    </ExternalLink>
  );
}
