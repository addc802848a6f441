/**
 * Markdown written by an agent, of any length. It is read in sections, each when it comes near the window; until then
 * it stands there as plain text, so that it can be found. While the text grows, only its last block is read again.
 */
import { memo, useMemo, useState } from "react";
import { RenderedContext, useRendered } from "../use-rendered.ts";
import { Blocks } from "./blocks.tsx";
import { LinksContext } from "./inlines.tsx";
import styles from "./markdown.module.css";
import { cut, noSections, type Section } from "./sections.ts";
import { blocksOf, linksOf } from "./syntax.ts";
import { useNear } from "./use-near.ts";

interface MarkdownProps {
  text: string;
  /** Whether even its beginning and its end can wait until they are near. */
  lazy?: boolean;
}

/** So many sections at the end are read at once, and the first. */
const AT_ONCE = 2;

export const Markdown = memo(function Markdown({ text, lazy = false }: MarkdownProps) {
  const [read, setRead] = useState(() => cut(text, noSections));
  if (read.text !== text) setRead(cut(text, read));
  const { sections } = read;
  const definitions = sections
    .map((section) => section.definitions)
    .filter(Boolean)
    .join("\n");
  const links = useMemo(() => linksOf(definitions), [definitions]);
  return (
    <LinksContext value={links}>
      <div className={styles.markdown}>
        {sections.map((section, index) => (
          <SectionView
            key={index}
            section={section}
            lazy={lazy || (index > 0 && index < sections.length - AT_ONCE)}
          />
        ))}
      </div>
    </LinksContext>
  );
});

interface SectionViewProps {
  section: Section;
  lazy: boolean;
}

/** What is out of sight is as tall as so many characters of text are, until it is known better. */
const CHARACTERS_IN_A_LINE = 70;
const LINE = 1.55;

const SectionView = memo(
  function SectionView({ section: { source, continues, start }, lazy }: SectionViewProps) {
    const [element, near] = useNear(!lazy);
    const rendered = useRendered(element);
    const tokens = useMemo(() => (near ? blocksOf(source) : null), [near, source]);
    const lines = Math.ceil(source.length / CHARACTERS_IN_A_LINE);
    return (
      <div
        ref={element}
        className={styles.section}
        dir="auto"
        data-continues={continues ?? undefined}
        data-unread={tokens === null || undefined}
        style={{ containIntrinsicBlockSize: `auto ${(lines * LINE).toFixed(1)}em` }}
      >
        <RenderedContext value={rendered}>
          {tokens === null ? source : <Blocks tokens={tokens} start={start} />}
        </RenderedContext>
      </div>
    );
  },
  ({ section: before }, { section: after }) =>
    before.source === after.source &&
    before.continues === after.continues &&
    before.start === after.start,
);
