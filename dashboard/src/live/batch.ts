/** Events that come faster than anybody can read are handed on together, at most this often (milliseconds). */
const PACE = 30;

export interface Batch<Item> {
  /** Keeps an item for a moment; nothing is kept longer than that, and the first not at all. */
  add: (item: Item) => void;
  /** Hands on what is kept, now. */
  flush: () => void;
}

/** Hands on items in their order, several at a time if they come quickly. */
export function batch<Item>(handOn: (items: Item[]) => void): Batch<Item> {
  let items: Item[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    last = performance.now();
    if (items.length === 0) return;
    const kept = items;
    items = [];
    handOn(kept);
  };
  const add = (item: Item) => {
    items.push(item);
    const wait = last + PACE - performance.now();
    if (wait <= 0) flush();
    else timer ??= setTimeout(flush, wait);
  };
  return { add, flush };
}
