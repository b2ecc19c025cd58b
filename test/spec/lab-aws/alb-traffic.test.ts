import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ModifyRuleCommand,
  RegisterTargetsCommand,
  SetRulePrioritiesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  forwardTo,
  type Host,
  type ManualClock,
  manualClock,
  route,
  says,
  startAccount,
  startHost,
  type TestAccount,
} from "../../support/lab-account.ts";

let account: TestAccount;
let clock: ManualClock;
let blue: Host;
let green: Host;
const nodeLagsMs: number[] = [0];
const healthChecks = { intervalRealMs: 20, timeoutRealMs: 5_000, healthyThreshold: 2, unhealthyThreshold: 2 };
const patiently = { timeout: 15_000, interval: 20 };

const start = async (idleTimeoutRealMs: number): Promise<void> => {
  clock = manualClock();
  nodeLagsMs.splice(0, nodeLagsMs.length, 0);
  blue = await startHost(says("blue"));
  green = await startHost(says("green"));
  account = await startAccount(clock, {
    targets: { blue: [blue], green: [green] },
    dataPlane: { healthChecks, idleTimeoutRealMs, nodeLagsMs: () => nodeLagsMs },
  });
  await settledHealth(["healthy"], ["healthy"]);
};
const stop = async (): Promise<void> => {
  await account.close();
  await Promise.all([blue.kill(), green.kill()]);
};
beforeEach(() => start(20_000));
afterEach(stop);

const weights = async (of: { blue: number; green: number }, stickySeconds?: number): Promise<void> => {
  const Actions = [forwardTo(of, stickySeconds)];
  await account.elb.send(new ModifyRuleCommand({ RuleArn: route.weightedRuleArn, Actions }));
};
const states = async (TargetGroupArn: string) => {
  const { TargetHealthDescriptions = [] } = await account.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  return TargetHealthDescriptions.map((one) => one.TargetHealth?.State);
};
const settledHealth = (ofBlue: string[], ofGreen: string[]): Promise<void> =>
  vi.waitFor(async () => {
    expect([await states(route.blue), await states(route.green)]).toEqual([ofBlue, ofGreen]);
  }, patiently);
const ask = (init: RequestInit = {}, path = "/orders?page=2") => fetch(`${account.alb.url}${path}`, init);
/** Ten at a time, as users come. */
const answers = async (requests: number): Promise<readonly string[]> => {
  const texts: string[] = [];
  while (texts.length < requests) {
    const batch = Array.from({ length: Math.min(10, requests - texts.length) }, async () => (await ask()).text());
    texts.push(...(await Promise.all(batch)));
  }
  return texts;
};
const count = (texts: readonly string[], text: string): number => texts.filter((one) => one === text).length;

describe("the data plane", () => {
  it("splits traffic by the rule's weights, request by request", async () => {
    expect(count(await answers(30), "blue")).toBe(30);
    await weights({ blue: 70, green: 30 });
    const share = count(await answers(400), "green") / 400;
    // Five standard deviations of a fair draw.
    expect(share).toBeGreaterThan(0.3 - 0.115);
    expect(share).toBeLessThan(0.3 + 0.115);
    await weights({ blue: 0, green: 100 });
    expect(count(await answers(30), "green")).toBe(30);
  });

  it("passes method, path, headers and body on, and the answer back", async () => {
    blue.answer = (request, response) => {
      request.pipe(
        response.writeHead(201, {
          "x-method": request.method ?? "",
          "x-path": request.url ?? "",
          "x-user": request.headers["user"] ?? "",
          "x-from": request.headers["x-forwarded-for"] ?? "",
          "set-cookie": ["a=1", "b=2"],
        }),
      );
    };
    const response = await ask({ method: "PUT", body: "a body", headers: { user: "u7" } });
    expect([response.status, await response.text()]).toEqual([201, "a body"]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-method": "PUT",
      "x-path": "/orders?page=2",
      "x-user": "u7",
      "x-from": "127.0.0.1",
    });
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  it("binds a client to a group while the rule is sticky, and lets it go in the write that ends that", async () => {
    await weights({ blue: 0, green: 100 }, 600);
    const first = await ask();
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(cookie).toMatch(/^AWSALBTG=/);
    await weights({ blue: 100, green: 0 }, 600);
    const bound = await ask({ headers: { cookie } });
    expect(await bound.text()).toBe("green");
    expect(bound.headers.getSetCookie()).toHaveLength(2);
    expect(await (await ask()).text()).toBe("blue");
    await weights({ blue: 100, green: 0 });
    const free = await ask({ headers: { cookie } });
    expect(await free.text()).toBe("blue");
    expect(free.headers.getSetCookie()).toEqual([]);
  });

  it("lets requests under way finish where they are when the pin is raised", async () => {
    await weights({ blue: 0, green: 100 });
    const release: (() => void)[] = [];
    green.answer = (_request, response) => {
      release.push(() => says("green")(_request, response));
    };
    const underWay = Array.from({ length: 10 }, () => ask());
    await vi.waitFor(() => expect(account.alb.inFlight("green")).toBe(10), patiently);
    const RulePriorities = [{ RuleArn: route.pin.ruleArn, Priority: route.pin.raisedPriority }];
    await account.elb.send(new SetRulePrioritiesCommand({ RulePriorities }));
    const lastOnGreen = account.alb.lastRequestAt(route.green);
    expect(count(await answers(20), "blue")).toBe(20);
    expect(account.alb.inFlight("green")).toBe(10);
    for (const go of release) go();
    const texts = await Promise.all(underWay.map(async (response) => (await response).text()));
    expect(count(texts, "green")).toBe(10);
    expect(account.alb.inFlight("green")).toBe(0);
    expect(account.alb.lastRequestAt(route.green)).toBe(lastOnGreen);
    expect(account.alb.traffic(route.green)).toMatchObject({
      requests: 10,
      answersByClass: { "2": 10 },
      unanswered: 0,
    });
  });

  it("switches its nodes apart where they lag", async () => {
    nodeLagsMs.push(30_000);
    clock.advance(60_000);
    await weights({ blue: 0, green: 100 });
    const mixed = await answers(30);
    expect(count(mixed, "green")).toBeGreaterThan(0);
    expect(count(mixed, "blue")).toBeGreaterThan(0);
    clock.advance(30_000);
    expect(count(await answers(30), "green")).toBe(30);
  });

  it("answers itself where no rule takes the request", async () => {
    await account.elb.send(
      new ModifyRuleCommand({
        RuleArn: route.weightedRuleArn,
        Conditions: [{ Field: "path-pattern", Values: ["/shop/*"] }],
      }),
    );
    await account.elb.send(
      new ModifyRuleCommand({
        RuleArn: route.pin.ruleArn,
        Conditions: [{ Field: "path-pattern", Values: ["/shop/*"] }],
      }),
    );
    const response = await ask();
    expect([response.status, response.headers.get("server")]).toEqual([503, "awselb/2.0"]);
    expect(await (await ask({}, "/shop/1")).text()).toBe("blue");
  });
});

describe("targets in trouble", () => {
  it("that are dead give 502, and nobody fails over", async () => {
    await weights({ blue: 0, green: 100 });
    await green.kill();
    expect((await ask()).status).toBe(502);
    await settledHealth(["healthy"], ["unhealthy"]);
    expect((await ask()).status).toBe(502);
    expect(account.alb.traffic(route.green)).toMatchObject({ unanswered: 2, answersByClass: {} });
  });

  it("that break the connection give 502", async () => {
    blue.answer = (request) => void request.socket.destroy();
    expect((await ask()).status).toBe(502);
  });

  it("that stay silent give 504", async () => {
    await stop();
    await start(300);
    blue.answer = () => {};
    expect((await ask()).status).toBe(504);
  });

  it("that are none give 503", async () => {
    const Targets = [{ Id: blue.id, Port: blue.port }];
    await account.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: route.blue, Targets }));
    expect((await ask()).status).toBe(503);
  });

  it("are left alone once unhealthy while another is well, and come back", async () => {
    const second = await startHost(says("second"));
    const Targets = [{ Id: second.id, Port: second.port }];
    await account.elb.send(new RegisterTargetsCommand({ TargetGroupArn: route.blue, Targets }));
    await settledHealth(["healthy", "healthy"], ["healthy"]);
    expect(count(await answers(10), "second")).toBe(5);
    second.healthy = false;
    await settledHealth(["healthy", "unhealthy"], ["healthy"]);
    expect(count(await answers(10), "blue")).toBe(10);
    second.healthy = true;
    await settledHealth(["healthy", "healthy"], ["healthy"]);
    await second.kill();
  });

  it("are used nevertheless when all of a group are unhealthy", async () => {
    blue.healthy = false;
    await settledHealth(["unhealthy"], ["healthy"]);
    expect(await (await ask()).text()).toBe("blue");
  });

  it("whose client goes away are not blamed", async () => {
    blue.answer = () => {};
    const leaving = new AbortController();
    const asked = ask({ signal: leaving.signal }).catch(() => undefined);
    await vi.waitFor(() => expect(account.alb.inFlight("blue")).toBe(1), patiently);
    leaving.abort();
    await asked;
    await vi.waitFor(() => expect(account.alb.inFlight("blue")).toBe(0), patiently);
    expect(account.alb.traffic(route.blue)).toMatchObject({ requests: 1, unanswered: 0 });
  });
});
