import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, gateway } = onStage();

interface Participants {
  items: { kind: string; role: string }[];
}

async function roles(session: string): Promise<string[]> {
  const path = `/api/sessions/${session}/participants`;
  const list = await gateway.request("GET", path, await gateway.signIn());
  const { items } = JSON.parse(list) as Participants;
  return items.filter(({ kind }) => kind === "user").map(({ role }) => role);
}

it("shares a session with people, changes what they can do, and ends it", async () => {
  const { page } = dashboard;
  const grace = { email: "grace@example.org", name: "Grace Hopper", role: "Operator" };
  await gateway.post("/api/admin/users", grace, await gateway.signIn());
  await dashboard.begin("calculate 1+1");
  const session = dashboard.sessionId;
  await dashboard.choose("Share");
  const people = page.getByRole("region", { name: "People" });
  await people.getByText("Owner").waitFor();
  await people.getByLabel("Add people by name or email").fill("gra");
  await people.getByRole("button", { name: "Add Grace Hopper" }).waitFor();
  expect(await dashboard.faults()).toEqual([]);
  await people.getByRole("button", { name: "Add Grace Hopper" }).click();
  const can = people.getByLabel("What Grace Hopper can do");
  await expect.poll(() => can.inputValue()).toBe("member");
  await can.selectOption("viewer");
  await expect.poll(() => roles(session)).toEqual(["owner", "viewer"]);
  expect(await dashboard.faults()).toEqual([]);
  await people.getByRole("button", { name: "Remove Grace Hopper" }).click();
  await expect.poll(() => roles(session)).toEqual(["owner"]);
  await expect.poll(() => can.count()).toBe(0);
});
