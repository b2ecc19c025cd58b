import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runPawl } from "../../support/run-pawl.ts";

const POLICIES = join(import.meta.dirname, "../../../policies");

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "pawl-cli-"));
  cpSync(POLICIES, join(dir, "policies"), { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true }));

/** AWS that nobody answers for; every address is a port of this machine on which nothing can listen. */
const ENV = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "none",
  AWS_SECRET_ACCESS_KEY: "none",
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  PAWL_TABLE: "pawl",
  PAWL_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:pawl",
};

const pawl = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runPawl([...args, "--policies", join(dir, "policies")], { env });

const change = (file: string, from: string | RegExp, to: string): void => {
  const path = join(dir, "policies", file);
  const text = readFileSync(path, "utf8");
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${file} does not hold ${from}`);
  writeFileSync(path, changed);
};

describe("a command line", () => {
  it("ends with 2 and a sentence on words it does not take, and names what helps", async () => {
    for (const args of [["fly"], ["status", "--bogus"], ["rollback"], ["arm"], ["pause", "--reason"], []]) {
      const { exitCode, err } = await pawl(args);
      expect({ args, exitCode }).toEqual({ args, exitCode: 2 });
      expect(err).toMatch(/\n {2}why: {2}.*\n {2}next: .*--help/);
    }
  });

  it("ends with 2 on a path that leads nowhere, whatever the file was to be", async () => {
    const absent = join(dir, "absent.json");
    const there = join(dir, "policies/orders/drill.json");
    for (const verb of [
      ["lint", absent],
      ["test", absent],
      ["eval", "--rule-file", absent],
      ["simulate", absent],
      ["replay", absent],
      ["diff", absent, there],
      ["diff", there, absent],
    ]) {
      const { exitCode, err } = await pawl(["policy", ...verb]);
      expect({ verb, exitCode }).toEqual({ verb, exitCode: 2 });
      expect(err).toMatch(/^There is no file .*\n {2}why: {2}.*\n {2}next: Correct the path/);
    }
  });

  it("lists in the help of every verb what every verb takes", async () => {
    for (const verb of [["rollback"], ["policy", "lint"], ["ledger", "verify"]])
      expect((await pawl([...verb, "--help"])).out).toMatch(/Global Options:\n.*--json/);
  });

  it("refuses to export a recording and a document into the same standard output", async () => {
    const { exitCode, err, out } = await pawl(["ledger", "export", "--json"]);
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: "" });
    expect(JSON.parse(out)).toMatchObject({ error: { next: "Name a file: --out orders.ndjson." } });
  });

  it("prints one JSON document and nothing else under --json, also where it fails", async () => {
    const { exitCode, out } = await pawl(["rollback", "--json"]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(out)).toEqual({
      error: {
        what: "required option '--reason <text>' not specified.",
        why: expect.stringContaining("pawl was called with"),
        next: expect.stringContaining("--help"),
      },
    });
  });

  it("helps without a target, with exit code 0", async () => {
    const { exitCode, out } = await pawl(["rollback", "--help"]);
    expect(exitCode).toBe(0);
    expect(out).toContain("--accept-loss");
  });

  it("says its target first, on standard error", async () => {
    const { err } = await pawl(["status", "--aws", "--json"], ENV);
    expect(err.split("\n")[0]).toBe("aws 000000000000 us-east-1");
  });

  it("takes the only cutover there is, and asks which where there are several or none", async () => {
    mkdirSync(join(dir, "policies", "invoices"));
    cpSync(join(dir, "policies/orders/cutover.json"), join(dir, "policies/invoices/cutover.json"));
    expect(await pawl(["status", "--aws"], ENV)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("holds several: invoices, orders"),
    });
    expect(await pawl(["status", "billing", "--aws"], ENV)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('There is no cutover "billing".'),
    });
    expect(await pawl(["status", "invoices", "--aws"], ENV)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('describes the cutover "orders"'),
    });
  });

  it("refuses a malformed cutover or policy file with line and column before it asks anybody anything", async () => {
    change("orders/cutover.json", '"expectedHosts": 4', '"expectedHosts": "four"');
    expect(await pawl(["rollback", "--reason", "x", "--aws"], ENV)).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/orders\/cutover\.json:\d+:\d+ error \/expectedHosts: /),
    });
    change("orders/cutover.json", '"expectedHosts": "four"', '"expectedHosts": 4');
    change("orders/drill.json", '"green.errors5xx"', '"green.errors6xx"');
    expect(await pawl(["arm", "--policy", "drill", "--aws"], ENV)).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/orders\/drill\.json:\d+:\d+ error .*green\.errors6xx/),
    });
    expect(await pawl(["arm", "--policy", "none", "--aws"], ENV)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining("There is no policy at"),
    });
  });

  it("refuses settings that are missing, all of them at once, and never shows a value", async () => {
    const { exitCode, err } = await pawl(["doctor", "--aws"], { ...ENV, PAWL_CONNECT_URL: "nonsense://secret" });
    expect(exitCode).toBe(1);
    expect(err).toContain("These settings are missing: PAWL_KAFKA_BROKERS, PAWL_BLUE_URL, PAWL_GREEN_URL.");
    expect(err).not.toContain("secret");
  });

  it("is an outside failure where AWS does not answer", async () => {
    for (const args of [["status"], ["explain"], ["restore"], ["ledger", "verify"], ["pause", "--reason", "x"]]) {
      const { exitCode, err } = await pawl([...args, "--aws"], ENV);
      expect({ args, exitCode }).toEqual({ args, exitCode: 3 });
      expect(err).toContain("ECONNREFUSED");
      expect(err).not.toContain("bug");
    }
  });

  it("names the right that is missing, and what to do about it", async () => {
    const server = createServer((_request, response) => {
      const denied = { __type: "AccessDeniedException", message: "User ada may not perform: dynamodb:GetItem" };
      response.writeHead(400, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(denied));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const env = { ...ENV, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
      expect(await pawl(["explain", "--aws", "--json"], env)).toMatchObject({
        exitCode: 3,
        out: expect.stringMatching(/may not perform: dynamodb:GetItem.*Give the role you act as the right/s),
      });
    } finally {
      server.close();
    }
  });

  it("calls what it did not expect a bug of pawl: exit code 4, the stack on standard error alone", async () => {
    const env = new Proxy<Record<string, string>>(
      {},
      {
        get: () => {
          throw new TypeError("nobody thought of this");
        },
      },
    );
    const { exitCode, out, err } = await pawl(["status", "--json"], env);
    expect(exitCode).toBe(4);
    expect(JSON.parse(out)).toMatchObject({ error: { what: "This is a bug in pawl: nobody thought of this" } });
    expect(out).not.toContain("program.ts");
    expect(err).toMatch(/TypeError: nobody thought of this\n {4}at /);
  });

  it("refuses an empty reason", async () => {
    expect(await pawl(["pause", "--reason", " ", "--aws"], ENV)).toMatchObject({ exitCode: 2 });
  });
});

describe("pawl policy lint", () => {
  it("finds the committed policies in order, and needs no target", async () => {
    expect(await pawl(["policy", "lint"])).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/\n3 files, 0 errors, 0 warnings\n$/),
      err: "",
    });
  });

  it("ends with 1 and file, line, column of each error", async () => {
    change("orders/policy.json", '"duration": "24h"', '"duration": "2h"');
    const { exitCode, out } = await pawl(["policy", "lint", join(dir, "policies")]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/policies\/orders\/policy\.json:\d+:\d+ error \/soak\/duration: /);
    expect(out).toMatch(/3 files, 1 error, 0 warnings\n$/);
  });

  it("lists problems as data under --json", async () => {
    writeFileSync(join(dir, "policies/orders/broken.json"), "{");
    const { exitCode, out } = await pawl(["policy", "lint", "--json"]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out).problems).toContainEqual(
      expect.objectContaining({ level: "error", file: join(dir, "policies/orders/broken.json"), line: 1 }),
    );
  });

  it("does not call a path that is not there, or a folder without policies, good", async () => {
    expect((await pawl(["policy", "lint", join(dir, "nothing.json")])).exitCode).toBe(2);
    mkdirSync(join(dir, "empty"));
    expect((await pawl(["policy", "lint", join(dir, "empty")])).exitCode).toBe(2);
  });
});
