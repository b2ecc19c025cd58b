import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LabCompute, startLabCompute, workerFunction } from "../../support/lab-compute.ts";

let lab: LabCompute;
beforeEach(async () => {
  lab = await startLabCompute(12);
});
afterEach(() => lab.stop());

const worker = () => {
  const found = lab.account.lambda.find("worker");
  if (found === undefined) throw new Error("worker was not deployed");
  return found;
};

const answerOf = async (event: unknown): Promise<unknown> => {
  const attempt = await worker().invoke(JSON.stringify(event));
  if (attempt.kind !== "answered") throw new Error(`not answered: ${JSON.stringify(attempt)}`);
  return JSON.parse(attempt.payload);
};

const processState = (pid: number): string => {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
};

describe("an execution environment", () => {
  it("runs the packaged handler with the event, Lambda's context and the variables of template and platform", async () => {
    await lab.deploy(workerFunction({ Timeout: 7, MemorySize: 256, Environment: { Variables: { COLOUR: "green" } } }), {
      worker: `export const handler = async (event, context) => ({
        event, name: context.functionName, arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis(),
        request: context.awsRequestId, env: process.env, version: process.version });`,
    });

    const answer = (await answerOf({ tick: 1 })) as { env: Record<string, string>; left: number; request: string };

    expect(answer).toMatchObject({
      event: { tick: 1 },
      name: "worker",
      arn: "arn:aws:lambda:us-east-1:000000000000:function:worker",
      version: expect.stringMatching(/^v24\./),
    });
    expect(answer.left).toBeGreaterThan(6_000);
    expect(answer.left).toBeLessThanOrEqual(7_000);
    expect(answer.request).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.env).toMatchObject({
      COLOUR: "green",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: lab.gateway.url,
      AWS_LAMBDA_FUNCTION_NAME: "worker",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    });
    expect(answer.env["HOME"], "nothing of the lab's own environment leaks in").toBeUndefined();
  });

  it("shows lab time in Date, and real time in timers, performance and explicit instants", async () => {
    await lab.deploy(workerFunction(), {
      worker: `export const handler = async () => {
        const [at, real] = [Date.now(), performance.now()];
        await new Promise((done) => setTimeout(done, 1_000));
        return { lab: Date.now() - at, real: performance.now() - real, same: new Date() - Date.now(), text: Date(),
          isDate: new Date() instanceof Date && new Date().constructor === Date, fixed: new Date(0).toISOString(), now: Date.now() };
      };`,
    });

    const answer = (await answerOf({})) as Record<string, number> & { text: string };

    expect(answer["real"]).toBeGreaterThan(990);
    expect(answer["real"]).toBeLessThan(10_000);
    const ratio = (answer["lab"] ?? 0) / (answer["real"] ?? 1);
    expect(ratio).toBeGreaterThan(11.5);
    expect(ratio).toBeLessThan(12.5);
    expect(Math.abs(answer["same"] ?? 1_000)).toBeLessThan(100);
    expect(answer).toMatchObject({ isDate: true, fixed: "1970-01-01T00:00:00.000Z" });
    expect(Math.abs(Date.parse(answer.text) - lab.context.clock.now())).toBeLessThan(30_000);
    expect(Math.abs((answer["now"] ?? 0) - lab.context.clock.now())).toBeLessThan(10_000);
  });

  it("stands still between two invocations and goes on in the next", async () => {
    await lab.deploy(workerFunction(), {
      worker: `let beats = 0; setInterval(() => { beats += 1; }, 10);
        export const handler = async () => beats;`,
    });
    const before = (await answerOf({})) as number;
    const [pid = 0] = worker().pids();

    await pause(2_000);

    expect(processState(pid)).toBe("T");
    const after = (await answerOf({})) as number;
    expect(after - before, "an unfrozen process would have counted to about 200").toBeLessThan(50);
    expect(worker().pids(), "the same environment answered both").toEqual([pid]);
  });

  it("is killed at the function's time-out, and the next event gets a new one", async () => {
    await lab.deploy(workerFunction({ Timeout: 1 }), {
      worker:
        "export const handler = (event) => event.hang ? new Promise(() => setInterval(() => {}, 9)) : process.pid;",
    });
    const first = await answerOf({});

    const attempt = await worker().invoke(JSON.stringify({ hang: true }));

    expect(attempt).toMatchObject({
      kind: "failed",
      error: { errorType: "Sandbox.Timedout", errorMessage: expect.stringContaining("timed out after 1.00 seconds") },
    });
    expect(worker().pids()).toEqual([]);
    expect(() => processState(Number(first))).toThrow();
    expect(await answerOf({})).not.toBe(first);
  });

  it("runs one event at a time, so that two at once use two", async () => {
    await lab.deploy(workerFunction(), {
      worker: "export const handler = () => new Promise((done) => setTimeout(() => done(process.pid), 300));",
    });

    const [one, two] = await Promise.all([answerOf({}), answerOf({})]);

    expect(one).not.toBe(two);
  });

  it("refuses what the reserved concurrency does not allow", async () => {
    await lab.deploy(workerFunction({ ReservedConcurrentExecutions: 1 }), {
      worker: "export const handler = () => new Promise((done) => setTimeout(() => done(1), 300));",
    });

    const attempts = await Promise.all([worker().invoke("{}"), worker().invoke("{}")]);

    expect(attempts.map(({ kind }) => kind)).toEqual(["answered", "throttled"]);
    expect(lab.published.filter(({ metric, value }) => metric === "Throttles" && value === 1)).toHaveLength(1);
  });

  it.each([
    ["a thrown error", 'export const handler = () => { throw new TypeError("no"); };', "TypeError"],
    ["an exit", "export const handler = () => process.exit(3);", "Runtime.ExitError"],
    ["a bundle that does not load", 'throw new RangeError("bad bundle");', "RangeError"],
    ["a missing export", "export const other = 1;", "Runtime.HandlerNotFound"],
    ["a callback handler", "export const handler = (e, c, done) => done();", "Runtime.CallbackHandlerDeprecated"],
  ])("tells of %s as Lambda does", async (_what, code, errorType) => {
    await lab.deploy(workerFunction(), { worker: code });

    const attempt = await worker().invoke("{}");

    expect(attempt).toMatchObject({ kind: "failed", error: { errorType } });
    expect(lab.published.find(({ metric }) => metric === "Errors")).toMatchObject({
      namespace: "AWS/Lambda",
      dimensions: { FunctionName: "worker" },
      value: 1,
    });
  });

  it("keeps what the function prints, and passes embedded metrics on", async () => {
    const line = '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]},"ticks":1}';
    await lab.deploy(workerFunction(), {
      worker: `export const handler = () => { console.log("plain words"); console.log('${line}'); };`,
    });

    await answerOf({});
    await pause(50);

    const log = readFileSync(join(lab.context.dir, "logs", "worker.log"), "utf8");
    expect(log).toContain("plain words\n");
    expect(log).toMatch(/START RequestId: [\s\S]*REPORT RequestId: /);
    expect(lab.embedded).toEqual([line]);
  });

  it("is gone once the account has stopped, frozen or not", async () => {
    await lab.deploy(workerFunction(), { worker: "export const handler = () => process.pid;" });
    const pid = Number(await answerOf({}));

    await lab.account.stop();

    expect(() => processState(pid)).toThrow();
  });
});
