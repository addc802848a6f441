import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HubLink, retryDelay, type Transport } from "./hub-link.ts";

interface Events {
  Ping: { n: number };
}

class FakeTransport implements Transport {
  starts = 0;
  up = true;
  handlers = new Map<string, (data: never) => void>();
  close: () => void = () => undefined;

  start() {
    this.starts += 1;
    return this.up ? Promise.resolve() : Promise.reject(new Error("failed"));
  }
  stop() {
    this.close();
    return Promise.resolve();
  }
  invoke() {
    return Promise.resolve();
  }
  on(event: string, handler: (data: never) => void) {
    this.handlers.set(event, handler);
  }
  onclose(handler: () => void) {
    this.close = handler;
  }
}

function linked(up = true) {
  const transport = new FakeTransport();
  transport.up = up;
  const refused = vi.fn(() => Promise.resolve(false));
  return { transport, refused, link: new HubLink<Events, object>(transport, refused) };
}

describe("a hub link", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits 0, 2, 10 and then 30 seconds for ever", () => {
    expect([0, 1, 2, 3, 4, 50].map(retryDelay)).toEqual([0, 2_000, 10_000, 30_000, 30_000, 30_000]);
  });

  it("reports every connect, and passes events on", async () => {
    const { link, transport } = linked();
    const connected = vi.fn();
    const heard = vi.fn();
    link.onConnected(connected);
    link.on(["Ping"], heard);
    link.start();
    await vi.advanceTimersByTimeAsync(0);
    transport.handlers.get("Ping")?.({ n: 1 } as never);
    expect(heard).toHaveBeenCalledWith({ name: "Ping", data: { n: 1 } });

    transport.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(link.state.phase).toBe("live");
    expect(connected).toHaveBeenCalledTimes(2);
  });

  it("keeps trying a gateway that is down, and can be told to retry now", async () => {
    const { link, transport, refused } = linked(false);
    link.start();
    await vi.advanceTimersByTimeAsync(12_000);
    expect(transport.starts).toBe(4);
    expect(refused).toHaveBeenCalledTimes(4);
    expect(link.state.phase).toBe("waiting");

    transport.up = true;
    link.retryNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(link.state.phase).toBe("live");
  });

  it("tries a renewed token at once, but does not spin on it", async () => {
    const { link, transport, refused } = linked(false);
    refused.mockResolvedValue(true);
    link.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(transport.starts).toBe(3);
  });

  it("does not spin when connections are closed as soon as they are made", async () => {
    const { link, transport } = linked();
    link.onConnected(() => transport.close());
    link.start();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(transport.starts).toBeLessThanOrEqual(4);
  });

  it("stays stopped", async () => {
    const { link, transport } = linked();
    link.start();
    await link.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(transport.starts).toBe(1);
    expect(link.state.phase).toBe("stopped");
  });
});
