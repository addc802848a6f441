// A TCP proxy that breaks connections where it is told to.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { signal, soon } from "./wait.js";

export class Proxy {
  #server;
  #open = new Set();
  #refusing = false;
  #fuse = Infinity;
  #reset = false;
  #burnt;
  url;

  static async start(target) {
    const proxy = new Proxy();
    const { hostname, port } = new URL(target);
    proxy.#server = createServer((client) => proxy.#carry(client, connect(Number(port), hostname)));
    await once(proxy.#server.listen(0, "127.0.0.1"), "listening");
    proxy.url = `http://127.0.0.1:${proxy.#server.address().port}`;
    return proxy;
  }

  #carry(client, upstream) {
    const pair = { client, upstream };
    this.#open.add(pair);
    const end = () => this.#end(pair);
    for (const socket of [client, upstream]) socket.setNoDelay().on("error", end).on("close", end);
    if (this.#refusing) return end();
    client.pipe(upstream);
    upstream.on("data", (data) => {
      if (data.length < this.#fuse) {
        this.#fuse -= data.length;
        if (!client.write(data)) {
          upstream.pause();
          client.once("drain", () => upstream.resume());
        }
        return;
      }
      const last = data.subarray(0, this.#fuse);
      this.#fuse = Infinity;
      upstream.destroy();
      client.write(last, () => {
        if (this.#reset) client.resetAndDestroy();
        this.cut();
        this.#burnt.fire();
      });
    });
  }

  #end(pair) {
    this.#open.delete(pair);
    pair.client.destroy();
    pair.upstream.destroy();
  }

  /** Breaks all connections now. */
  cut() {
    for (const pair of [...this.#open]) this.#end(pair);
  }

  /**
   * Breaks all connections once `bytes` more have gone to a client, in the middle of a message as like as not; with
   * `reset` as a machine does that has crashed. Resolves then.
   */
  cutAfter(bytes, { reset }) {
    this.#burnt = signal();
    this.#reset = reset;
    this.#fuse = bytes;
    return soon("the cut", this.#burnt.fired);
  }

  /** Breaks all connections and lets nobody through. */
  refuse() {
    this.#refusing = true;
    this.cut();
  }

  /** Lets everybody through again. */
  accept() {
    this.#refusing = false;
  }

  stop() {
    this.refuse();
    this.#server.close();
  }
}
