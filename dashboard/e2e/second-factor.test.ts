import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { ADMIN } from "./gateway.ts";
import { onStage } from "./stage.ts";

const { dashboard, open, gateway } = onStage();

const STEP = 30_000;
/** The step of the last code: the gateway takes none of it or of an earlier one again. */
let lastStep = 0;

/** What an authenticator app shows (RFC 6238), a code that was not used before. */
async function nextCode(key: string): Promise<string> {
  // A code of the next step counts already, which spares a wait.
  const step = Math.max(Math.floor(Date.now() / STEP), lastStep + 1);
  const early = (step - 1) * STEP - Date.now();
  if (early > 0) await dashboard.page.waitForTimeout(early + 1000);
  lastStep = step;
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", base32(key)).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

function base32(text: string): Buffer {
  const digits = Array.from(text, (digit) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(digit));
  const bits = digits.map((digit) => digit.toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

it("asks for a code from its setting up until it is turned off", async () => {
  const { page } = dashboard;
  await page.goto("/settings");
  const section = page.getByRole("region", { name: "Two-step sign-in" });
  await section.getByText("Off").waitFor();
  await section.getByRole("button", { name: "Set up" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Current password").fill("not this one");
  await dialog.getByRole("button", { name: "Next" }).click();
  await dialog.getByText("That is not your present password.").waitFor();
  await dialog.getByLabel("Current password").fill(ADMIN.password);
  await dialog.getByRole("button", { name: "Next" }).click();
  await dialog.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
  expect(await dashboard.faults()).toEqual([]);
  const key = await dialog.locator("code").innerText();
  expect(key).toMatch(/^[A-Z2-7]{32}$/);
  await dialog.getByLabel("Code from the app").fill("000");
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await dialog.getByText(/^The code is wrong/).waitFor();
  await dialog.getByLabel("Code from the app").fill(await nextCode(key));
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await dialog.getByRole("heading", { name: "Recovery codes" }).waitFor();
  const codes = await dialog.locator("code").allInnerTexts();
  expect(codes).toHaveLength(10);
  expect(await dashboard.faults()).toEqual([]);
  await dialog.getByRole("button", { name: "Done" }).click();
  await section.getByText("10 recovery codes left").waitFor();
  expect(await dashboard.faults()).toEqual([]);

  const elsewhere = await open();
  const { page: second } = elsewhere;
  await second.goto("/");
  await second.getByLabel("Email").fill(ADMIN.email);
  await second.getByLabel("Password").fill(ADMIN.password);
  await second.getByRole("button", { name: "Sign in" }).click();
  await second.getByRole("heading", { name: "Enter your code" }).waitFor();
  expect(await elsewhere.faults()).toEqual([]);
  await second.getByLabel("Code").fill("aaaa-aaaa-aaaa-aaaa-aaaa");
  await second.getByRole("button", { name: "Verify" }).click();
  await second.getByText(/^The code is wrong/).waitFor();
  await second.getByLabel("Code").fill(codes[0] ?? "");
  await second.getByRole("button", { name: "Verify" }).click();
  await second.getByRole("navigation", { name: "Main" }).waitFor();
  await second.goto("/settings");
  await second.getByText("9 recovery codes left").waitFor();
  await second.goto("/users");
  await second.getByRole("list", { name: "Users" }).getByText("two-step sign-in").waitFor();

  await section.getByRole("button", { name: "New recovery codes" }).click();
  await dialog.getByLabel("Current password").fill(ADMIN.password);
  await dialog.getByLabel("Code", { exact: true }).fill(codes[1] ?? "");
  await dialog.getByRole("button", { name: "Create codes" }).click();
  await dialog.getByRole("heading", { name: "Recovery codes" }).waitFor();
  const renewed = await dialog.locator("code").allInnerTexts();
  expect(renewed.filter((code) => codes.includes(code))).toEqual([]);
  await dialog.getByRole("button", { name: "Done" }).click();

  await section.getByRole("button", { name: "Turn off" }).click();
  await dialog.getByLabel("Current password").fill(ADMIN.password);
  await dialog.getByLabel("Code", { exact: true }).fill(await nextCode(key));
  await dialog.getByRole("button", { name: "Turn off" }).click();
  await section.getByText("Off", { exact: true }).waitFor();
});

interface SignedIn {
  accessToken: string;
}

/** A user who has chosen the password; the token of a sign-in. */
async function addUser(email: string, password: string): Promise<string> {
  const { accessToken } = await gateway.post<SignedIn>("/api/auth/login", ADMIN);
  const made = { email, name: "Bob", role: "Viewer", password: "first-password" };
  await gateway.post("/api/admin/users", made, accessToken);
  const first = { email, password: made.password };
  const user = await gateway.post<SignedIn>("/api/auth/login", first);
  const change = { currentPassword: made.password, newPassword: password };
  await gateway.post("/api/auth/password", change, user.accessToken);
  return user.accessToken;
}

it("is removed by an administrator for a user who has lost it", async () => {
  const { page } = dashboard;
  const password = "purple giraffe under water";
  const user = await addUser("bob@example.org", password);
  const begun = await gateway.post<{ key: string }>(
    "/api/auth/second-factor",
    { currentPassword: password },
    user,
  );
  lastStep = 0;
  const first = { code: await nextCode(begun.key) };
  await gateway.post("/api/auth/second-factor/confirm", first, user);
  await page.goto("/users");
  await page.getByRole("button", { name: "Edit Bob" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Remove second factor" }).click();
  await dialog.getByRole("button", { name: "Remove second factor" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("two-step sign-in").waitFor({ state: "detached" });
  const bob = await open();
  await bob.page.goto("/");
  await bob.page.getByLabel("Email").fill("bob@example.org");
  await bob.page.getByLabel("Password").fill(password);
  await bob.page.getByRole("button", { name: "Sign in" }).click();
  await bob.page.getByRole("navigation", { name: "Main" }).waitFor();
});
