/**
 * One hub connection that never gives up.
 *
 * The client's own automatic reconnect does not cover the first start and cannot be hurried, so
 * one loop here does both: start, stay connected, and after any loss start again after the next delay.
 */
import type { EventOf } from "./events.ts";

/** The part of `HubConnection` that is used, so that tests can fake it. */
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

/** Delays between attempts in milliseconds, as the hub protocol page gives them; the last one repeats. */
export const RETRY_DELAYS = [0, 2_000, 10_000, 30_000];

/** A connection that lasted less than this (milliseconds) counts as a failed attempt. */
const STABLE_AFTER = 5_000;

export function retryDelay(attempt: number): number {
  return RETRY_DELAYS[Math.min(attempt, RETRY_DELAYS.length - 1)] ?? 30_000;
}

type ArgumentOf<Method> = Method extends { argument: infer Argument } ? Argument : never;
type ResultOf<Method> = Method extends { result: infer Result } ? Result : never;

/** `Events` are the payloads by the events' names, `Methods` what clients may call by its name. */
export class HubLink<Events, Methods> {
  #state: LinkState = { phase: "stopped" };
  #attempt = 0;
  #liveSince = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<() => void>();
  #handlers = new Map<string, Set<(event: never) => void>>();
  #onConnected = new Set<() => void>();

  constructor(
    private readonly transport: Transport,
    /** Called when a start fails. Renews a rejected token; true if it did. */
    private readonly renewed: (error: unknown) => Promise<boolean>,
  ) {
    transport.onclose(() => {
      if (this.stopped) return;
      if (Date.now() - this.#liveSince > STABLE_AFTER) this.#attempt = 0;
      this.#schedule();
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Calls `listener` after every change of `state`. */
  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Calls `handler` for events with these names; returns how to stop that. */
  on<Name extends keyof Events & string>(
    names: readonly Name[],
    handler: (event: EventOf<Pick<Events, Name>>) => void,
  ) {
    names.forEach((name) => this.#handlersOf(name).add(handler));
    return () => names.forEach((name) => this.#handlersOf(name).delete(handler));
  }

  /** Runs `action` now if the link is live, and again after every reconnect. */
  onConnected(action: () => void) {
    this.#onConnected.add(action);
    if (this.#state.phase === "live") action();
    return () => void this.#onConnected.delete(action);
  }

  /** Calls a method of the hub. Only some can do without their argument. */
  invoke<Name extends keyof Methods & string>(
    method: Name,
    ...args: [] | [ArgumentOf<Methods[Name]>]
  ): Promise<ResultOf<Methods[Name]>> {
    return this.transport.invoke(method, ...args) as Promise<ResultOf<Methods[Name]>>;
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
    this.#onConnected.forEach((action) => action());
  }

  #handlersOf(name: string) {
    const known = this.#handlers.get(name);
    if (known !== undefined) return known;
    const handlers = new Set<(event: never) => void>();
    this.#handlers.set(name, handlers);
    this.transport.on(name, (data) => {
      handlers.forEach((handler) => handler({ name, data } as never));
    });
    return handlers;
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
