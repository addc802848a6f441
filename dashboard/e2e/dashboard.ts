/** The dashboard as a person drives it, by what is written on it. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { ADMIN, type Gateway } from "./gateway.ts";

const CHROMIUM = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

export class Dashboard {
  /** What the browser complained of: a broken content security policy shows up here. */
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.setDefaultTimeout(10_000);
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      const refused = message.text().includes("Content Security Policy");
      if (refused) this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, gateway: Gateway, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ baseURL: gateway.url, ...options });
    return new Dashboard(await context.newPage());
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
    await this.page.getByLabel("Message").fill(message);
    await this.page.keyboard.press("Enter");
  }

  /** Waits until the newest turn is an answer that has ended. */
  async answered() {
    await this.turns("agent").last().getByRole("button", { name: "Answer again" }).waitFor();
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

  close() {
    return this.page.context().close();
  }
}
