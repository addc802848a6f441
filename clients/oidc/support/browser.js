// As much of a browser as it takes to sign in: cookies, redirects, and forms that are filled in.
import assert from "node:assert/strict";

const MOST_STEPS = 20;

export class Browser {
  #cookies = new Map();

  async #fetch(url, init = {}) {
    const { origin } = new URL(url);
    const jar = this.#cookies.get(origin) ?? new Map();
    this.#cookies.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...init.headers, ...(cookie && { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** A request of a page of this address; what it is answered. */
  async post(url, body) {
    const response = await this.#fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", origin: new URL(url).origin },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Goes to an address, fills in each form on the way, and returns the first address that begins with `end`. */
  async goTo(url, filled, end) {
    let response = await this.#fetch(url);
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const to = response.headers.get("location");
      if (to !== null) {
        const next = new URL(to, url).href;
        if (next.startsWith(end)) return new URL(next);
        url = next;
        response = await this.#fetch(url);
        continue;
      }
      const page = await response.text();
      assert.equal(response.status, 200, page);
      const action = /<form[^>]* action="([^"]+)"/.exec(page);
      assert(action, `there is no form: ${page}`);
      const inputs = [...page.matchAll(/<input[^>]*>/g)].map(([input]) => {
        const value = (name) => new RegExp(` ${name}="([^"]*)"`).exec(input)?.[1];
        return [value("name"), filled[value("name")] ?? value("value") ?? ""];
      });
      url = new URL(action[1], url).href;
      response = await this.#fetch(url, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(inputs.filter(([name]) => name !== undefined)),
      });
    }
    throw new Error(`it does not end: ${url}`);
  }
}
