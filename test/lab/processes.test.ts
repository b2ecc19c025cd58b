import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabFile, readRunningLab } from "../../lab/lab-file.ts";
import type { ProcessEntry } from "../../lab/process/process-table.ts";
import { familyNow, survivors, survivorsAfter } from "../support/family.ts";
import { type ListeningSocket, listeningPorts, listeningSockets, readlinkOrEmpty } from "../support/sockets.ts";

/** Two PostgreSQL, a broker with its controller, a worker: what the smallest lab listens with. */
const LEAST_SOCKETS = 5;
/** Some five seconds on a quiet machine; the bound is for one that is doing ten other things. */
const STOP_WITHIN_MS = 45_000;

const scratch = mkdtempSync(join(tmpdir(), "pawl-labs-"));
chmodSync(scratch, 0o711);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const lab = (command: "up" | "down" | "status", name: string, env: NodeJS.ProcessEnv = {}): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, "../../lab/main.ts"), command, "--file", fileOf(name)], {
    stdio: ["ignore", "pipe", "pipe"],
    // Its own folder for temporary files, so that what it leaves behind is seen.
    env: { ...process.env, TMPDIR: temporaryOf(name), ...env },
  });
const fileOf = (name: string): string => join(scratch, `${name}.json`);
const temporaryOf = (name: string): string => {
  const folder = join(scratch, `${name}-tmp`);
  // The other lab's folder is closed to all but its user, as a home folder often is: root's PostgreSQL cannot get there.
  mkdirSync(folder, { recursive: true, mode: name === "other" ? 0o700 : 0o711 });
  return folder;
};

const finished = async (child: ChildProcess): Promise<{ code: number | null; said: string; complained: string }> => {
  const [said, complained, [code]] = await Promise.all([
    child.stdout === null ? "" : text(child.stdout),
    child.stderr === null ? "" : text(child.stderr),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  return { code, said, complained };
};

interface Running {
  readonly name: string;
  readonly file: LabFile;
  readonly family: readonly ProcessEntry[];
  readonly sockets: readonly ListeningSocket[];
  /** Where its processes work, as far as the lab made these folders. */
  readonly folders: readonly string[];
}

const lookAt = (name: string): Running => {
  const file = readRunningLab(fileOf(name));
  if (file === undefined) throw new Error(`${name} does not run`);
  const family = familyNow(file.pid);
  const pids = family.map(({ pid }) => pid);
  const folders = pids.map((pid) => readlinkOrEmpty(`/proc/${pid}/cwd`)).filter((path) => path.includes("/pawl-"));
  return { name, file, family, sockets: listeningSockets(pids), folders };
};

const stillListening = ({ sockets }: Running): readonly number[] => {
  const ports = listeningPorts();
  return sockets.map(({ port }) => port).filter((port) => ports.has(port));
};

const expectNothingLeft = async (was: Running): Promise<void> => {
  expect(await survivorsAfter(was.family, STOP_WITHIN_MS)).toEqual([]);
  expect(stillListening(was)).toEqual([]);
  expect(readdirSync(temporaryOf(was.name))).toEqual([]);
  expect(was.folders.length).toBeGreaterThanOrEqual(4);
  expect(was.folders.filter((folder) => existsSync(folder))).toEqual([]);
};

describe("two labs side by side", () => {
  let one: Running;
  let other: Running;

  beforeAll(async () => {
    const [first, second] = await Promise.all([finished(lab("up", "one")), finished(lab("up", "other"))]);
    expect([first, second]).toMatchObject([{ code: 0 }, { code: 0 }]);
    one = lookAt("one");
    other = lookAt("other");
  });
  afterAll(async () => {
    await Promise.all([finished(lab("down", "one")), finished(lab("down", "other"))]);
  });

  it("run, each with its own processes and ports", () => {
    for (const { sockets, family } of [one, other]) {
      expect(sockets.length).toBeGreaterThanOrEqual(LEAST_SOCKETS);
      expect(family.length).toBeGreaterThanOrEqual(LEAST_SOCKETS);
    }
    const ports = [...one.sockets, ...other.sockets].map(({ port }) => port);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it("listen on loopback only", () => {
    expect([...one.sockets, ...other.sockets].filter(({ loopback }) => !loopback)).toEqual([]);
  });

  it("keep their passwords to their user", () => {
    expect(statSync(fileOf("one")).mode & 0o777).toBe(0o600);
  });

  it("refuse a third in the place of one of them", async () => {
    const { code, complained } = await finished(lab("up", "one"));
    expect(code).toBe(1);
    expect(complained).toContain(`A lab runs already (pid ${one.file.pid})`);
  });

  it("leave nothing when told to stop, and the other untouched", async () => {
    const since = Date.now();
    const { code } = await finished(lab("down", "one"));
    expect(code).toBe(0);
    expect(Date.now() - since).toBeLessThan(STOP_WITHIN_MS);
    expect(survivors(one.family)).toEqual([]);
    await expectNothingLeft(one);
    expect(existsSync(fileOf("one"))).toBe(false);
    expect((await finished(lab("status", "one"))).code).toBe(1);

    expect(survivors(other.family).length).toBeGreaterThanOrEqual(LEAST_SOCKETS);
    expect((await fetch(other.file.connectUrl, { signal: AbortSignal.timeout(5_000) })).status).toBe(200);
    expect((await finished(lab("status", "other"))).said).toContain(other.file.connectUrl);
  });

  it("leave nothing when the lab's own process is killed", async () => {
    process.kill(other.file.pid, "SIGKILL");
    await expectNothingLeft(other);
    expect((await finished(lab("status", "other"))).said).toContain("No lab runs here");
  });
});

describe("a lab that is only starting", () => {
  /** Waits until the lab has children that do its work, then looks. */
  const lookAtStart = async (starter: ChildProcess): Promise<readonly ProcessEntry[]> => {
    for (;;) {
      const family = familyNow(starter.pid ?? 0);
      if (family.length >= LEAST_SOCKETS) return family;
      if (starter.exitCode !== null) throw new Error("the lab ended before it had begun");
      await sleep(50);
    }
  };

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("leaves nothing on %s", async (signal) => {
    const starter = lab("up", signal);
    const family = await lookAtStart(starter);
    await sleep(1_500);
    const later = familyNow(starter.pid ?? 0);
    starter.kill(signal);
    await finished(starter);
    expect(await survivorsAfter([...family, ...later], STOP_WITHIN_MS)).toEqual([]);
    expect(readdirSync(temporaryOf(signal))).toEqual([]);
    expect(existsSync(fileOf(signal))).toBe(false);
  });

  it("leaves nothing when a part of it does not start, and says which", async () => {
    const { code, complained } = await finished(lab("up", "broken", { JAVA_HOME: "/no/such/jdk" }));
    expect(code).toBe(3);
    expect(complained).toContain("The lab did not start.");
    expect(complained).toContain("/no/such/jdk/bin/java");
    expect(readdirSync(temporaryOf("broken"))).toEqual([]);
  });
});
