import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportLedger } from "../../../src/cli/commands/ledger-export.ts";
import { intoPrivateFile } from "../../../src/cli/private-file.ts";
import { canonicalJson, type JsonObject } from "../../../src/kernel/json.ts";
import { durationMs } from "../../../src/kernel/units.ts";
import { recordingReader } from "../../../src/rehearsal/recording/read-recording.ts";
import type { RecordingItem } from "../../../src/rehearsal/recording/recorded-tick.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { fakeWorld } from "../../support/fake-world.ts";
import { livedWorld, recordingOf } from "../../support/recorded.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "pawl-export-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** What a later release may add to a snapshot. */
const MORE = { more: 1 };
const SOON = durationMs(1_000);

const linesOf = (text: string): readonly JsonObject[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as JsonObject);

const itemsOf = (text: string): readonly RecordingItem[] => {
  const reader = recordingReader((body) => body as never);
  const items = text.split("\n").flatMap((line, index) => reader.take(line, index + 1));
  return [...items, ...reader.end()];
};

describe("pawl ledger export", () => {
  it("writes a header, every judged tick, and what happened between them", async () => {
    const world = await livedWorld();
    const [header, ...lines] = linesOf(await recordingOf(world));

    expect(header).toMatchObject({ format: "pawl-recording/v1", cutover: "orders" });
    const judged = world.ledger.records.filter(({ detail }) => "decision" in detail);
    expect(lines.filter((line) => "tick" in line && "change" in line).map(({ record }) => record)).toEqual(
      judged.map(({ seq }) => seq),
    );
    expect(lines.map(({ kind }) => kind)).toContain("step");
    expect(lines.filter((line) => "policy" in line)).toHaveLength(1);
  });

  it("holds the very snapshots that were judged, and the state and outcome of every tick", async () => {
    const world = await livedWorld();
    const items = itemsOf(await recordingOf(world));

    const told = items.flatMap((item) => (item.kind === "snapshot" ? [canonicalJson(item.snapshot)] : []));
    const judged = world.ledger.records.filter(({ detail }) => "decision" in detail).map(({ tick }) => tick);
    const stored = world.snapshots.all.filter(({ tick }) => judged.includes(tick)).map((one) => canonicalJson(one));
    expect(told).toEqual(stored);
    for (const item of items) {
      if (item.kind !== "tick") continue;
      const record = world.ledger.records.find(({ tick, detail }) => tick === item.tick.tick && "decision" in detail);
      const body = world.evidence.all.get(String(record?.detail["evidence"])) ?? {};
      const { version: _v, writeId: _w, ledgerHead: _l, outbox: _o, ...state } = body["state"] as JsonObject;
      expect(item.tick.state).toMatchObject(state);
      expect(item.tick.outcome?.whole).toEqual(body["decision"]);
      expect(item.tick.guard?.looked.map(({ tick }) => new Date(tick).toISOString())).toEqual(
        (body["snapshots"] as readonly { tick: string }[]).map(({ tick }) => tick),
      );
    }
  });

  it("writes what changed, not everything again", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    world.truth.streams.set("reverse.lagRecords", 431);
    await world.minutes(60);
    const ticks = linesOf(await recordingOf(world)).filter((line) => "change" in line && "tick" in line);
    const sizes = ticks.slice(-30).map((line) => JSON.stringify(line).length);
    const snapshot = JSON.stringify(world.snapshots.all.at(-1)).length;

    expect(Math.max(...sizes)).toBeLessThan(snapshot / 2);
  });

  it("names a tick whose evidence is gone, and goes on", async () => {
    const world = await livedWorld();
    const [first] = world.ledger.records.filter(({ detail }) => "decision" in detail);
    world.evidence.all.delete(String(first?.detail["evidence"]));
    const exported = await exportLedger(deskBefore(world).context, async () => {});

    expect(exported).toMatchObject({ missing: 1 });
    expect(exported.ticks).toBeGreaterThan(5);
    expect(linesOf(await recordingOf(world)).find(({ record }) => record === first?.seq)).toMatchObject({
      missing: expect.stringContaining("is not there"),
    });
  });

  it("names a tick that looked at a snapshot of another form, and goes on", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.minutes(2);
    const { putOnce, range } = world.ports.snapshots;
    const other = {
      ...world.ports,
      snapshots: { range, putOnce: (one: Snapshot) => putOnce({ ...one, ...MORE }, SOON) },
    };
    await world.minute(other);
    await world.minutes(2);
    const exported = await exportLedger(deskBefore(world).context, async () => {});
    expect(exported).toMatchObject({ ticks: 2, missing: 3 });
  });

  it("is refused before anything was armed, and an outside failure where the table does not answer", async () => {
    const world = fakeWorld();
    const desk = deskBefore(world);
    expect(await failed(exportLedger(desk.context, async () => {}))).toMatchObject({ exitCode: 1 });
    await world.arm();
    world.outage.table = true;
    expect(await failed(exportLedger(desk.context, async () => {}))).toMatchObject({ exitCode: 3 });
  });
});

describe("the file of an export", () => {
  it("is its owner's alone, and is not written over unless that is asked for", async () => {
    const file = join(dir, "orders.ndjson");
    await intoPrivateFile(file, false, (write) => write("one"));
    expect(statSync(file).mode & 0o777).toBe(0o600);

    expect(await failed(intoPrivateFile(file, false, (write) => write("two")))).toMatchObject({
      exitCode: 1,
      next: expect.stringContaining("--force"),
    });
    expect(readFileSync(file, "utf8")).toBe("one");
    await intoPrivateFile(file, true, (write) => write("two"));
    expect(readFileSync(file, "utf8")).toBe("two");
  });

  it("becomes its owner's alone where it replaces one that was open to others", async () => {
    const file = join(dir, "orders.ndjson");
    writeFileSync(file, "old", { mode: 0o644 });
    await intoPrivateFile(file, true, (write) => write("new"));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("is not touched by an export that cannot begin", async () => {
    const world = fakeWorld();
    await world.arm();
    world.outage.table = true;
    world.store.down = true;
    const begin = (file: string, replace: boolean) =>
      intoPrivateFile(file, replace, (write) => exportLedger(deskBefore(world).context, write));
    const [fresh, old] = [join(dir, "fresh.ndjson"), join(dir, "old.ndjson")];
    writeFileSync(old, "all there is");

    expect(await failed(begin(fresh, false))).toMatchObject({ exitCode: 3 });
    expect(await failed(begin(old, true))).toMatchObject({ exitCode: 3 });
    expect(existsSync(fresh)).toBe(false);
    expect(readFileSync(old, "utf8")).toBe("all there is");
  });

  it("is refused where it does not take all of a text, as a disk with a little room left does", () => {
    const file = join(dir, "orders.ndjson");
    const module = pathToFileURL(join(import.meta.dirname, "../../../src/cli/private-file.ts")).href;
    const program = `const { intoPrivateFile } = await import("${module}");
      await intoPrivateFile("${file}", false, (write) => write("x".repeat(100_000)));`;
    // A file may have one block, and what goes beyond it is an error and no signal.
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", `trap '' XFSZ; ulimit -f 1; exec "$@"`, "sh", process.execPath, "--input-type=module", "-e", program],
      { encoding: "utf8" },
    );

    expect(stderr).toContain("orders.ndjson cannot be written.");
    expect(status).toBe(1);
  });

  it("is refused where there is no such folder", async () => {
    const file = join(dir, "nowhere", "orders.ndjson");
    expect(await failed(intoPrivateFile(file, false, (write) => write("x")))).toMatchObject({ exitCode: 1 });
  });
});
