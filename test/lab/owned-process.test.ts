import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { watchMemory } from "../../lab/process/memory.ts";
import { ProcessOwner } from "../../lab/process/process-owner.ts";
import { familyNow, survivors, survivorsAfter } from "../support/family.ts";

/** The owner, its watchdog, three children, and the two that the stubborn one has itself. */
const FAMILY = 7;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pawl-owned-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a process that owns others", () => {
  const startOwner = async (manner: string): Promise<ChildProcess & { pid: number }> => {
    const script = join(import.meta.dirname, "../support/owner-process.ts");
    const child = spawn(process.execPath, [script, folder, manner], { stdio: ["ignore", "pipe", "ignore"] });
    if (child.pid === undefined) throw new Error("the owner did not start");
    await once(child.stdout, "data");
    // Its stubborn child needs a moment to have children itself.
    const giveUpAt = Date.now() + 10_000;
    while (familyNow(child.pid).length < FAMILY && Date.now() < giveUpAt) await sleep(20);
    return Object.assign(child, { pid: child.pid });
  };

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("has ended them all before it ends on %s", async (signal, code) => {
    const owner = await startOwner("careful");
    const family = familyNow(owner.pid);
    expect(survivors(family).length).toBeGreaterThanOrEqual(FAMILY);
    process.kill(owner.pid, signal);
    expect(await once(owner, "exit")).toEqual([code, null]);
    expect(survivors(family)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it("has ended them all before it ends of an error that nobody caught", async () => {
    const owner = await startOwner("faulty");
    const family = familyNow(owner.pid);
    expect(survivors(family).length).toBeGreaterThanOrEqual(FAMILY);
    process.kill(owner.pid, "SIGUSR2");
    expect(await once(owner, "exit")).toEqual([4, null]);
    expect(survivors(family)).toEqual([]);
  });

  it.each(["SIGKILL", "SIGTERM"] as const)("that dies of %s is survived by none of them", async (signal) => {
    const owner = await startOwner("careless");
    const family = familyNow(owner.pid);
    expect(survivors(family).length).toBeGreaterThanOrEqual(FAMILY);
    process.kill(owner.pid, signal);
    expect(await once(owner, "exit")).toEqual([null, signal]);
    expect(await survivorsAfter(family, 6_000)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});

describe("an owned process", () => {
  let owner: ProcessOwner;
  beforeEach(() => {
    owner = new ProcessOwner(folder);
  });
  afterEach(() => owner.stop());

  it("that is killed can be started again", async () => {
    const owned = owner.own({ name: "sleeper", command: "sleep", args: ["600"] });
    await owned.start();
    const first = owned.pid;
    await owned.kill();
    expect(owned.pid).toBeUndefined();
    expect(await owned.end).toEqual({ code: null, signal: "SIGKILL" });
    await owned.start();
    expect(owned.pid).not.toBe(first);
    await expect(owned.start()).rejects.toThrow(/sleeper is running already/);
  });

  it("that cannot be found does not start", async () => {
    await expect(owner.own({ name: "absent", command: "/no/such/program", args: [] }).start()).rejects.toThrow(
      /ENOENT/,
    );
  });

  it("that ends before it is ready fails with its last words", async () => {
    const owned = owner.own({
      name: "brief",
      command: "sh",
      args: ["-c", "echo the disk is full >&2; exit 7"],
      ready: async () => false,
    });
    await expect(owned.start()).rejects.toThrow(/brief ended before it was ready[\s\S]*the disk is full/);
  });

  it("that does not get ready in time is stopped", async () => {
    const owned = owner.own({
      name: "slow",
      command: "sleep",
      args: ["600"],
      ready: async () => false,
      readyWithinMs: 200,
    });
    await expect(owned.start()).rejects.toThrow(/slow was not ready after 200 ms/);
    expect(owned.isRunning).toBe(false);
  });

  it("that is run to its end must end well, and in time", async () => {
    await owner.own({ name: "good", command: "true", args: [] }).run(5_000);
    await expect(owner.own({ name: "bad", command: "false", args: [] }).run(5_000)).rejects.toThrow(/bad ended with 1/);
    const late = owner.own({ name: "late", command: "sleep", args: ["600"] });
    await expect(late.run(200)).rejects.toThrow(/late did not end within 200 ms/);
    expect(late.isRunning).toBe(false);
  });

  it("is not started any more once its owner is being stopped", async () => {
    const stopping = owner.stop();
    const owned = owner.own({ name: "tardy", command: "sleep", args: ["600"] });
    await expect(owned.start()).rejects.toThrow(/being stopped/);
    await stopping;
    expect(owned.isRunning).toBe(false);
  });
});

describe("the peak of memory", () => {
  it("counts what a process below used for a moment", async () => {
    const script = "const b = Buffer.alloc(300 << 20, 1); setTimeout(() => b.fill(2), 1500)";
    const parent = spawn("sh", ["-c", `"${process.execPath}" -e "${script}"; true`], { stdio: "ignore" });
    if (parent.pid === undefined) throw new Error("it did not start");
    const peak = watchMemory(parent.pid, 100);
    await once(parent, "exit");
    const { peakMiB, measure } = peak();
    expect(peakMiB).toBeGreaterThan(300);
    expect(peakMiB).toBeLessThan(600);
    expect(["PSS", "RSS"]).toContain(measure);
  });
});
