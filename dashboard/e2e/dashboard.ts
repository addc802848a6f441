/** The dashboard as a person drives it, by what is written on it. */
import axe from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";
import { ADMIN, type Gateway } from "./gateway.ts";

const CHROMIUM = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";

/** How long the page may take for what it is to show (milliseconds), on a busy machine too. */
const PATIENCE = 60_000;

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

export class Dashboard {
  /** What the browser complained of: a page that broke, or the content security policy. */
  complaints: string[] = [];
  #page: Page | undefined;

  get page(): Page {
    if (this.#page === undefined) throw new Error("the dashboard is not open");
    return this.#page;
  }

  /**
   * Opens it anew, as a browser that has never seen it; unless `firstRun`, of a person who chose to stay offline. Its service
   * worker runs only if it is `installed`.
   */
  async open(browser: Browser, gateway: Gateway, firstRun = false, installed = false) {
    // Put there before the page is opened: a script for it would run in frames without storage, too.
    const { origin } = new URL(gateway.url);
    const chosen = firstRun ? [] : [{ name: "sophon.offline", value: "yes" }];
    const context = await browser.newContext({
      baseURL: gateway.url,
      // It would answer where a test wants to see what the gateway, or nobody, answers.
      serviceWorkers: installed ? "allow" : "block",
      storageState: { cookies: [], origins: [{ origin, localStorage: chosen }] },
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    this.complaints = [];
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      // A refused call or a gateway that is away is for the page to tell of.
      const expected = /^(Failed to load resource|WebSocket connection to)/.test(message.text());
      if (message.type() === "error" && !expected) this.complaints.push(message.text());
    });
    this.#page = page;
  }

  async signIn() {
    await this.page.goto("/");
    await this.page.getByLabel("Email").fill(ADMIN.email);
    await this.page.getByLabel("Password").fill(ADMIN.password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.getByRole("navigation", { name: "Main" }).waitFor();
  }

  /** Begins a session and waits until its first answer is whole. */
  async begin(message: string) {
    await this.page.goto("/sessions/new");
    await this.say(message);
    await this.page.waitForURL(/\/sessions\/(?!new)/);
    await this.answered();
  }

  async say(message: string) {
    await this.page.getByLabel("Message", { exact: true }).fill(message);
    await this.page.keyboard.press("Enter");
  }

  /** Waits until the newest turn is an answer that has ended. */
  async answered() {
    await this.turns("agent")
      .last()
      .getByRole("button", { name: "Regenerate", exact: true })
      .waitFor();
  }

  turns(role: "user" | "agent") {
    return this.page.locator(`article[data-role=${role}]`);
  }

  get sessionId(): string {
    return new URL(this.page.url()).pathname.split("/")[2] ?? "";
  }

  async choose(action: string) {
    await this.page.getByRole("button", { name: "Session actions" }).click();
    await this.page.getByRole("menuitem", { name: action }).click();
  }

  /** Renames the session. The page hears of it before the dialog has its answer, and takes no input until that is gone. */
  async rename(title: string) {
    await this.choose("Rename");
    await this.page.getByLabel("Title").fill(title);
    await this.page.getByRole("button", { name: "Rename" }).click();
    await this.page.getByRole("dialog").waitFor({ state: "hidden" });
    await this.page.getByRole("heading", { name: title }).waitFor();
  }

  /** Hurries the connection, unless it has come back by itself at this very moment. */
  hurry() {
    const again = this.page.locator("button:enabled", { hasText: "Retry now" });
    return again.evaluateAll((buttons) =>
      buttons.forEach((button) => (button as HTMLElement).click()),
    );
  }

  /** What axe finds on the page, once what fades in or out has done so: until then it has less contrast. */
  async faults(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    return this.page.evaluate(async () => {
      const ends = (animation: Animation) =>
        animation.playState === "running" &&
        animation.effect?.getComputedTiming().endTime !== Infinity;
      await Promise.allSettled(
        document
          .getAnimations()
          .filter(ends)
          .map(({ finished }) => finished),
      );
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ")}`);
    });
  }

  close() {
    return this.page.context().close();
  }
}
