import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readCutovers } from "../../scripts/template/read-cutovers.ts";
import type { RulesPort } from "../../src/actuation/rules-port.ts";
import { systemNow } from "../../src/adapters/clock/system-clock.ts";
import { attemptRead } from "../../src/adapters/elbv2/attempt-read.ts";
import { elbv2Hosts } from "../../src/adapters/elbv2/elbv2-hosts.ts";
import { elbv2Rules } from "../../src/adapters/elbv2/elbv2-rules.ts";
import { durationMs } from "../../src/kernel/units.ts";
import type { HostsPort } from "../../src/signals/ports.ts";
import type { PinnedCutover, PinnedRoute } from "../../src/signals/routes.ts";
import { loadBalancerOf } from "../../src/wiring-table-and-rules.ts";
import { once } from "./rule-port-suite.ts";

const [orders] = readCutovers(`${import.meta.dirname}/../..`) as readonly [PinnedCutover];
const [route] = orders.routes as readonly [PinnedRoute];

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
/** What becomes of each request in turn; the last one of all that follow. */
let answers: Answer[];
let asked: number;
let rules: RulesPort;
let hosts: HostsPort;

const NAMESPACE = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";

const answered: Answer = (request, response) => {
  let body = "";
  request.on("data", (part) => {
    body += String(part);
  });
  request.on("end", () => {
    const action = new URLSearchParams(body).get("Action") ?? "";
    response.end(`<${action}Response xmlns="${NAMESPACE}"><${action}Result/></${action}Response>`);
  });
};

const refused =
  (status: number, code: string, message: string, serverTime = Date.now()): Answer =>
  (request, response) => {
    request.resume();
    response.writeHead(status, { date: new Date(serverTime).toUTCString() });
    response.end(
      `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  };

/** What a connection does that a frozen process has kept, and the other end has given up. */
const reset: Answer = (request) => request.socket.destroy();

const LATE_MS = 20 * 60_000;

/** Takes what was signed by its own time and nothing else, as AWS does within five minutes. */
const ofAnotherTime: Answer = (request, response) => {
  const stamp = String(request.headers["x-amz-date"]);
  const signedAt = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const now = Date.now() + LATE_MS;
  const message = `Signature expired: ${stamp} is now earlier than another instant (- 5 min.)`;
  if (now - signedAt < 300_000) answered(request, response);
  else refused(403, "SignatureDoesNotMatch", message, now)(request, response);
};

beforeEach(async () => {
  asked = 0;
  server = createServer((request, response) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? answered;
    asked += 1;
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const client = loadBalancerOf({
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
  });
  rules = elbv2Rules(client, systemNow);
  hosts = elbv2Hosts(client);
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const SOON = durationMs(2_000);

describe("Elastic Load Balancing is asked again", () => {
  test.each([
    ["the connection is reset", reset],
    ["the API has a fault of its own", refused(503, "ServiceUnavailable", "Try later")],
  ])("within the time of a read where %s", async (_what, fault) => {
    answers = [fault, answered];
    expect(await rules.readListener(route.listenerArn, SOON)).toMatchObject({ ok: true, value: { rules: [] } });
    expect(asked).toBe(2);
  });

  test("of the hosts, too", async () => {
    answers = [reset, answered];
    expect(await hosts.read(orders, SOON)).toMatchObject({ ok: true });
  });

  test("where it takes the signature for one of another time: the client has learnt the right one by then", async () => {
    answers = [ofAnotherTime];
    expect(await rules.readListener(route.listenerArn, SOON)).toMatchObject({ ok: true });
    expect(asked).toBe(2);
  });

  test("to raise the pin, where it takes the signature for one of another time", async () => {
    answers = [ofAnotherTime];
    const outcome = await rules.movePin(route, "raised", { attempts: 3, timeoutMs: SOON });
    expect(outcome).toMatchObject({ kind: "applied" });
    expect(asked).toBe(2);
  });
});

describe("Elastic Load Balancing is not asked again", () => {
  test("for a read that it refuses for good", async () => {
    answers = [refused(403, "SignatureDoesNotMatch", "The signature we calculated does not match")];
    expect(await rules.readListener(route.listenerArn, SOON)).toMatchObject({ ok: false });
    expect(asked).toBe(1);
  });

  test("where no time is left for it, and the read is told as it failed", async () => {
    const unserved = Object.assign(new Error("Try later"), { name: "ServiceUnavailable" });
    const read = await attemptRead("DescribeRules", durationMs(1_000), async (signal) => {
      signal.throwIfAborted();
      throw unserved;
    });
    expect(read).toMatchObject({ ok: false, failure: { message: expect.stringContaining("ServiceUnavailable") } });
  });

  test("for a write of one attempt, whatever became of it", async () => {
    answers = [reset];
    expect(await rules.movePin(route, "parked", once)).toMatchObject({ kind: "unknown" });
    expect(asked).toBe(1);
  });
});
