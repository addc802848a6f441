// What every client does here: sign in, make sessions, send, read the answer, page a list, be refused.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { client } from "./generated/client.gen";
import * as sophon from "./generated/sdk.gen";
import type { Message } from "./generated/types.gen";

const { GATEWAY_URL, GATEWAY_EMAIL, GATEWAY_PASSWORD } = process.env as Record<string, string>;
const LIMIT_MS = 20_000;

async function answerIn(id: string): Promise<Message> {
  for (const until = Date.now() + LIMIT_MS; Date.now() < until; await sleep(50)) {
    const { data } = await sophon.listMessages({ path: { id }, throwOnError: true });
    const answer = data.items.find((message) => message.role === "agent" && message.status === "delivered");
    if (answer) return answer;
  }
  throw new Error("no answer came");
}

async function main() {
  client.setConfig({ baseUrl: GATEWAY_URL });
  const body = { email: GATEWAY_EMAIL, password: GATEWAY_PASSWORD };
  const signedIn = await sophon.login({ body, throwOnError: true });
  client.setConfig({ auth: signedIn.data.accessToken });

  const made: string[] = [];
  for (const title of ["One", "Two", "Three"]) {
    const { data } = await sophon.createSession({ body: { title }, throwOnError: true });
    made.push(data.id);
  }
  const sessionId = made[0]!;
  const sent = await sophon.sendMessage({ body: { sessionId, content: "Tea or coffee?" }, throwOnError: true });
  assert.equal(sent.data.sessionId, sessionId);
  assert.equal((await answerIn(sessionId)).content, "Tea.");

  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await sophon.listSessions({ query: { limit: 1, cursor }, throwOnError: true });
    listed.push(...data.items.map(({ id }) => id));
    cursor = data.nextCursor ?? undefined;
  } while (cursor !== undefined);
  assert.deepEqual(listed.sort(), made.sort());

  const { error, response } = await sophon.getSession({ path: { id: "ses_nope" } });
  assert.equal(response?.status, 404);
  assert.equal(error?.error.code, "not_found");
}

void main();
