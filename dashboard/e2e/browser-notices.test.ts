import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, model } = onStage({ scripted: true });

/** Stands in for the notifications of a desktop, which a browser without a screen does not show. */
function record() {
  const shown: { title: string; body: string; open: () => void }[] = [];
  class Recorded {
    static permission = "default";
    static requestPermission() {
      Recorded.permission = "granted";
      return Promise.resolve("granted");
    }
    onclick = () => undefined;
    constructor(title: string, { body }: { body: string }) {
      shown.push({ title, body, open: () => this.onclick() });
    }
    close() {
      return undefined;
    }
  }
  Object.assign(window, { Notification: Recorded, shown });
}

/** As when the person goes to another window, or comes back. */
function look(state: "visible" | "hidden") {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

interface Recording {
  shown: { title: string; body: string; open: () => void }[];
}

it("tells of an answer only somebody who wants it and looks elsewhere, and a click opens it", async () => {
  const { page } = dashboard;
  await page.addInitScript(record);
  await page.goto("/settings");
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByRole("button", { name: "Turn off" }).waitFor();

  const shown = () =>
    page.evaluate(() =>
      (window as unknown as Recording).shown.map(({ title, body }) => [title, body]),
    );
  const ask = async (question: string) => {
    await page.getByRole("link", { name: "Sessions" }).click();
    await page.getByRole("button", { name: "New session" }).click();
    await dashboard.say(question);
    return model.next();
  };
  (await ask("Seen by me")).end();
  await dashboard.page.getByText("The answer failed.").waitFor();

  const answer = await ask("Which bread?");
  await page.waitForURL(/\/sessions\/(?!new)/);
  const session = page.url();
  await page.getByRole("link", { name: "Tasks" }).click();
  await page.evaluate(look, "hidden" as const);
  answer.say("Rye.");
  answer.end();
  await expect.poll(shown).toEqual([["Sophon answered", "Which bread?"]]);
  await page.evaluate(() => (window as unknown as Recording).shown[0]?.open());
  await expect.poll(() => page.url()).toBe(session);
});
