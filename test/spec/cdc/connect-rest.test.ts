import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectRest } from "../../../src/adapters/connect/connect-rest.ts";
import { durationMs } from "../../../src/kernel/units.ts";

const HTML = "<html><body>Bad Gateway</body></html>";
const NO_SUCH_PATH = '{"error_code":404,"message":"HTTP 404 Not Found"}';
const WITHIN = durationMs(5_000);

let server: Server;
let answer: { readonly status: number; readonly text: string };
beforeEach(async () => {
  server = createServer((_, response) => response.writeHead(answer.status).end(answer.text));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => server.close());

const asked = (status: number, text: string) => {
  answer = { status, text };
  return connectRest(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
};

describe("Kafka Connect, and what stands between it and pawl", () => {
  it("is told by its status where a proxy answers in HTML", async () => {
    expect(await asked(502, HTML).status("sink", WITHIN)).toEqual({
      ok: false,
      failure: {
        kind: "refused",
        message: "Kafka Connect, GET /connectors/sink/status: 502 and the answer is not JSON",
      },
    });
    expect(await asked(503, HTML).resume("sink", WITHIN)).toMatchObject({
      failure: { kind: "refused", message: expect.stringContaining(": 503 ") },
    });
  });

  it("is told by its own words where it refuses", async () => {
    expect(
      await asked(500, '{"error_code":500,"message":"Request timed out\\nat"}').status("sink", WITHIN),
    ).toMatchObject({
      failure: { kind: "refused", message: "Kafka Connect, GET /connectors/sink/status: 500 Request timed out" },
    });
  });

  it("is told in whole signs where its words are cut off, because the table and the topic take no half of one", async () => {
    const message = `${"x".repeat(299)}${"🔥".repeat(9)}`;
    const said = await asked(500, JSON.stringify({ message })).status("sink", WITHIN);
    expect(said.ok ? "" : said.failure.message).toMatch(/: 500 x{299}🔥…$/u);
    const trace = `at\nCaused by: ${message}`;
    const failed = { connector: { state: "FAILED", trace }, tasks: [] };
    const status = await asked(200, JSON.stringify(failed)).status("sink", WITHIN);
    expect(status.ok && status.value.trace).toMatch(/^x{299}🔥…$/u);
  });

  it("has no such connector only where Connect itself says so, and not where a proxy knows no such path", async () => {
    const said = await asked(404, '{"error_code":404,"message":"No status found"}').status("sink", WITHIN);
    expect(said).toMatchObject({ ok: true, value: { state: "ABSENT" } });
    for (const status of [404, 200])
      expect(await asked(status, HTML).status("sink", WITHIN)).toMatchObject({
        ok: false,
        failure: { kind: "malformed", message: expect.stringContaining(`: ${status} and the answer is not JSON`) },
      });
    expect(await asked(404, HTML).remove("sink", WITHIN)).toMatchObject({ ok: false });
  });

  it.each([
    ["a gateway that has no such route", '{"message":"Not Found"}'],
    ["a mesh that answers nothing", ""],
    ["a Connect that does not know the request, because it is too old or lives under another path", NO_SUCH_PATH],
  ])(
    "does not take the 404 of %s for an absent connector, and nothing for stopped, reset or deleted by it",
    async (_, text) => {
      const connect = await asked(404, text);
      for (const said of [
        await connect.status("sink", WITHIN),
        await connect.config("sink", WITHIN),
        await connect.stop("sink", WITHIN),
        await connect.resetOffsets("sink", WITHIN),
        await connect.remove("sink", WITHIN),
      ])
        expect(said).toMatchObject({ ok: false, failure: { message: expect.stringContaining(": 404 ") } });
    },
  );
});

describe("whether the workers write transactions", () => {
  const validated = (errors: readonly string[]) =>
    JSON.stringify({
      configs: [
        { value: { name: "topic.prefix", errors: ["missing"] } },
        { value: { name: "exactly.once.support", errors } },
      ],
    });

  it.each([
    ["they do where a source may demand it", validated([]), true],
    [
      "they do not where that is an error",
      validated(["This worker does not have exactly-once source support enabled."]),
      false,
    ],
    ["they do not where nobody has heard of it", '{"configs":[{"value":{"name":"topic.prefix","errors":[]}}]}', false],
  ])("%s", async (_, text, expected) => {
    expect(await asked(200, text).writesTransactions("source", WITHIN)).toEqual({ ok: true, value: expected });
  });

  it("is unknown where Connect does not say", async () => {
    for (const [status, text] of [
      [502, HTML],
      [404, '{"message":"no such plugin"}'],
      [200, "{}"],
    ] as const)
      expect(await asked(status, text).writesTransactions("source", WITHIN)).toMatchObject({ ok: false });
  });
});
