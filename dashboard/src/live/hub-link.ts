/**
 * One hub connection that never gives up.
 *
 * The client's own automatic reconnect does not cover the first start and cannot be hurried, so
 * one loop here does both: start, stay, and on any loss start again after the next delay.
 */

/** The part of `HubConnection` that is used, so that tests can play it. */
export interface Transport {
  start(): Promise<void>;
  stop(): Promise<void>;
  invoke(method: string, ...args: unknown[]): Promise<unknown>;
  on(event: string, handler: (data: never) => void): void;
  onclose(handler: () => void): void;
}

export type LinkState =
  | { phase: "connecting" }
  | { phase: "live" }
  | { phase: "waiting"; until: number }
  | { phase: "stopped" };

/** Waits between attempts in milliseconds, as the hub protocol page gives them; the last repeats. */
export const RETRY_DELAYS = [0, 2_000, 10_000, 30_000];

/** A connection that lived shorter than this (milliseconds) counts as a failed attempt. */
const STEADY_AFTER = 5_000;

export function retryDelay(attempt: number): number {
  return RETRY_DELAYS[Math.min(attempt, RETRY_DELAYS.length - 1)] ?? 30_000;
}

export class HubLink<Event extends { name: string }> {
  #state: LinkState = { phase: "stopped" };
  #attempt = 0;
  #liveSince = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<() => void>();
  #handlers = new Set<(event: Event) => void>();
  #greeters = new Set<() => void>();

  constructor(
    private readonly transport: Transport,
    names: readonly Event["name"][],
    /** Called when a start fails: the place to renew a refused token, true if that was done. */
    private readonly renewed: (error: unknown) => Promise<boolean>,
  ) {
    for (const name of names) {
      transport.on(name, (data) => {
        this.#handlers.forEach((handler) => handler({ name, data } as unknown as Event));
      });
    }
    transport.onclose(() => {
      if (this.stopped) return;
      if (Date.now() - this.#liveSince > STEADY_AFTER) this.#attempt = 0;
      this.#schedule();
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Hears of every change of `state`. */
  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  onEvent(handler: (event: Event) => void) {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  /** Runs `greet` now if the link is live, and again after every reconnect. */
  onLive(greet: () => void) {
    this.#greeters.add(greet);
    if (this.#state.phase === "live") greet();
    return () => void this.#greeters.delete(greet);
  }

  invoke(method: string, ...args: unknown[]): Promise<unknown> {
    return this.transport.invoke(method, ...args);
  }

  start() {
    if (this.#state.phase !== "stopped") return;
    this.#attempt = 0;
    void this.#connect();
  }

  /** Ends the wait before the next attempt; does nothing while live or connecting. */
  retryNow = () => {
    if (this.#state.phase !== "waiting") return;
    clearTimeout(this.#timer);
    void this.#connect();
  };

  async stop() {
    clearTimeout(this.#timer);
    this.#set({ phase: "stopped" });
    await this.transport.stop();
  }

  async #connect() {
    this.#set({ phase: "connecting" });
    try {
      await this.transport.start();
    } catch (error) {
      const renewed = await this.renewed(error).catch(() => false);
      if (!this.stopped) this.#schedule(renewed);
      return;
    }
    if (this.stopped) {
      await this.transport.stop();
      return;
    }
    this.#liveSince = Date.now();
    this.#set({ phase: "live" });
    this.#greeters.forEach((greet) => greet());
  }

  private get stopped() {
    return this.#state.phase === "stopped";
  }

  /** A new token is tried at once, but not one after another. */
  #schedule(renewed = false) {
    const delay = renewed && this.#attempt <= 1 ? 0 : retryDelay(this.#attempt);
    this.#attempt += 1;
    this.#set({ phase: "waiting", until: Date.now() + delay });
    this.#timer = setTimeout(() => void this.#connect(), delay);
  }

  #set(state: LinkState) {
    this.#state = state;
    this.#listeners.forEach((listener) => listener());
  }
}
