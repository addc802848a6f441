// Waiting with a limit. Who waits says for what, so that a failure tells what did not happen.

/** How long a test waits for what must happen, in milliseconds. */
export const PATIENCE = 20_000;

/** What `promise` resolves to, unless that takes longer than `limit` milliseconds. */
export function soon(what, promise, limit = PATIENCE) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen within ${limit} ms`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A promise to be settled from outside. */
export function signal() {
  let fire;
  const fired = new Promise((resolve) => (fire = resolve));
  return { fire, fired };
}

/** What has come so far, in order, and a way to wait for more. */
export class Inbox {
  items = [];
  #watchers = new Set();

  push(item) {
    this.items.push(item);
    for (const look of this.#watchers) look();
  }

  /** Forgets what came so far and returns it. */
  take() {
    return this.items.splice(0);
  }

  /** Waits until `find`, given all items, returns something, and returns that. */
  async until(what, find, limit = PATIENCE) {
    const { fire, fired } = signal();
    const look = () => {
      const found = find(this.items);
      if (found !== undefined && found !== false) fire(found);
    };
    this.#watchers.add(look);
    look();
    try {
      return await soon(what, fired, limit);
    } catch (error) {
      const names = this.items.slice(-30).map((item) => item.name).join(", ");
      throw new Error(`${error.message}; what came last: ${names || "nothing"}`);
    } finally {
      this.#watchers.delete(look);
    }
  }

  /** Waits for the first item of this name, and for which `fits`, if given, holds. */
  named(name, fits = () => true) {
    return this.until(name, (items) => items.find((item) => item.name === name && fits(item.data)));
  }
}
