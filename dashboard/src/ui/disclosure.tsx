/** Details that a person opens and closes. What they opened stays open, also when the list around it is fetched again. */
import { useRef, useState, type ReactNode } from "react";

/** So many choices are remembered; beyond that, the oldest are forgotten. */
const REMEMBERED = 500;

/** What was opened or closed by hand since the page was loaded, by id. */
const choices = new Map<string, boolean>();

function remember(id: string, open: boolean) {
  choices.delete(id);
  choices.set(id, open);
  const [oldest] = choices.keys();
  if (choices.size > REMEMBERED && oldest !== undefined) choices.delete(oldest);
}

interface DisclosureProps {
  /** Names what is disclosed, on every page. A row that comes back under its id is as it was left. */
  id: string;
  summary: ReactNode;
  /** Rendered only while it is open. */
  children: ReactNode;
  /** Whether it is open until a person decides otherwise. */
  initially?: boolean;
  /** Whether what was opened is brought into view. */
  reveal?: boolean;
  className?: string | undefined;
}

export function Disclosure(props: DisclosureProps) {
  const { id, summary, children, initially = false, reveal = false, className } = props;
  const [open, setOpen] = useState(() => choices.get(id) ?? initially);
  const details = useRef<HTMLDetailsElement>(null);

  const onToggle = (now: boolean) => {
    if (now === open) return;
    setOpen(now);
    remember(id, now);
    if (now && reveal) {
      // Not before what was opened is rendered.
      requestAnimationFrame(() => details.current?.scrollIntoView({ block: "nearest" }));
    }
  };
  return (
    <details
      ref={details}
      className={className}
      open={open}
      onToggle={({ currentTarget }) => onToggle(currentTarget.open)}
    >
      <summary>{summary}</summary>
      {open && children}
    </details>
  );
}
