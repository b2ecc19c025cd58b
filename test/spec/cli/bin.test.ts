import { spawn, spawnSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const BIN = join(import.meta.dirname, "../../../bin/pawl.mjs");
const MAIN = join(import.meta.dirname, "../../../src/cli/main.ts");

const pawl = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8", timeout: 25_000 });
  return { status, stdout, stderr };
};

it("the command ends with the exit code of the verb, from any folder, and says so as JSON where asked", () => {
  const { status, stdout } = pawl("status", "--lab", "/nowhere/lab.json", "--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { what: "There is no lab at /nowhere/lab.json." } });
});

const NOWHERE = { AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x", AWS_REGION: "us-east-1" };

/** A rollback against a load balancer that refuses everything, so that it tries again; `asked` waits for its next try. */
const rollingBack = async (program: string, stdout: "ignore" | number) => {
  const balancer = createServer();
  const tries = new EventEmitter();
  balancer.on("request", (request: IncomingMessage, response: ServerResponse) => {
    request.on("data", (body) => String(body).includes("Action=SetRulePriorities") && tries.emit("try", "asked"));
    response.writeHead(403).end();
  });
  await once(balancer.listen(0, "127.0.0.1"), "listening");
  const { port } = balancer.address() as AddressInfo;
  const running = spawn(process.execPath, [program, "rollback", "orders", "--aws", "--reason", "green is bad"], {
    stdio: ["ignore", stdout, "pipe"],
    env: { ...process.env, ...NOWHERE, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
  });
  running.stderr?.resume();
  const asked = async (): Promise<unknown> => (await once(tries, "try"))[0];
  return { running, asked, ended: once(running, "close"), close: () => balancer.close() };
};

it("a command that is ended leaves nothing behind that goes on without it", async () => {
  const { running, asked, ended, close } = await rollingBack(BIN, "ignore");
  await asked();

  running.kill("SIGTERM");

  // Its standard error is closed when all that holds it has ended.
  expect(await Promise.race([ended, asked()])).toEqual([null, "SIGTERM"]);
  close();
});

describe.skipIf(!existsSync("/dev/full"))("on a full disk", () => {
  const pawlWith = (full: "stdout" | "stderr", ...args: readonly string[]) => {
    const disk = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [BIN, ...args], {
      stdio: ["ignore", full === "stdout" ? disk : "pipe", full === "stderr" ? disk : "pipe"],
      encoding: "utf8",
      timeout: 25_000,
    });
    closeSync(disk);
    return { status, stderr };
  };

  it("a command whose output is lost says so, and is no success", () => {
    const { status, stderr } = pawlWith("stdout", "policy", "eval", '{"<": [1, 2]}');

    expect(stderr).toMatch(/^Standard output could not be written to its end\.\n {2}why: {2}ENOSPC/);
    expect(stderr).not.toContain("    at ");
    expect(status).toBe(3);
  });

  it("a rollback goes on after the word about what it does, which nobody hears", async () => {
    const disk = openSync("/dev/full", "w");
    const { running, asked, ended, close } = await rollingBack(MAIN, disk);

    expect(await Promise.race([asked(), ended])).toBe("asked");

    running.kill("SIGKILL");
    await ended;
    close();
    closeSync(disk);
  });

  it("ends with its own exit code where nobody can be told", () => {
    expect(pawlWith("stderr", "policy", "lint", "/nowhere").status).toBe(2);
  });
});
