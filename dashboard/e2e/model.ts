/** A model provider whose every word the test decides: the streaming part of OpenAI's chat completions. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One answer that the gateway waits for. */
export class Answer {
  constructor(private readonly response: ServerResponse) {}

  say(text: string) {
    this.#send({ choices: [{ index: 0, delta: { content: text }, finish_reason: null }] });
  }

  /** Ends with the wish to use a tool. */
  call(tool: string, args: object) {
    const name = tool.replaceAll(".", "__");
    const call = { index: 0, id: `call_${tool}`, type: "function" };
    const delta = {
      tool_calls: [{ ...call, function: { name, arguments: JSON.stringify(args) } }],
    };
    this.#send({ choices: [{ index: 0, delta, finish_reason: null }] });
    this.end("tool_calls");
  }

  end(reason = "stop") {
    this.#send({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
    this.response.end("data: [DONE]\n\n");
  }

  refuse(status: number, message: string) {
    this.response.writeHead(status, { "content-type": "application/json" });
    this.response.end(JSON.stringify({ error: { message, type: "invalid_request_error" } }));
  }

  #send(chunk: object) {
    if (!this.response.headersSent) {
      this.response.writeHead(200, { "content-type": "text/event-stream" });
    }
    const common = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 0, model: "test" };
    this.response.write(`data: ${JSON.stringify({ ...common, ...chunk })}\n\n`);
  }
}

export class Model {
  readonly #asked: Answer[] = [];
  readonly #waiting: ((answer: Answer) => void)[] = [];
  readonly #server: Server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      // The list of models, which nobody asks for a word.
      if (request.method === "GET") {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ object: "list", data: [{ id: "test", object: "model" }] }));
        return;
      }
      const answer = new Answer(response);
      // What models there are is asked at times of the gateway's own choosing.
      if (request.method === "GET") {
        answer.refuse(404, "There is no list.");
        return;
      }
      const waiting = this.#waiting.shift();
      if (waiting) waiting(answer);
      else this.#asked.push(answer);
    });
  });

  async start() {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get environment() {
    const { port } = this.#server.address() as AddressInfo;
    return { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_API_KEY: "sk-test" };
  }

  /** The answer to the next question that the gateway asks. */
  next(): Promise<Answer> {
    const asked = this.#asked.shift();
    return asked ? Promise.resolve(asked) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Drops what a test left unanswered, so that the next begins anew. */
  forget() {
    this.#asked.length = 0;
    this.#waiting.length = 0;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
