import { describe, expect, it } from "vitest";
import { drainOver, walText } from "../../../src/cdc/drain.ts";
import { durationMs, epochMs } from "../../../src/kernel/units.ts";
import { shopCutover } from "../../support/cdc-facts.ts";
import { type FakeCdc, healthyCdc } from "../../support/fake-cdc.ts";

const prove = (cdc: FakeCdc) =>
  drainOver(cdc.ports, () => epochMs(5_000)).prove(shopCutover, "forward", durationMs(2_000));
const ORDERS = "migration.appdb.orders";

/** The world carries everything over as soon as somebody waits. */
const flowing = (cdc: FakeCdc): void => {
  cdc.onPause = () => {
    cdc.sides.blue.confirmed = cdc.sides.blue.wal;
    const token = cdc.sides.blue.tokens.get("forward");
    if (token !== undefined) cdc.sides.green.tokens.set("forward", token);
    for (const [topic, position] of cdc.positions) cdc.positions.set(topic, { ...position, committed: position.end });
  };
};

describe("a drain proof", () => {
  it("looks at the slot before the token, and at positions and the other side only after it", async () => {
    const cdc = await healthyCdc();
    flowing(cdc);

    const proof = await prove(cdc);

    expect(proof).toMatchObject({
      ok: true,
      value: { direction: "forward", since: 5_000, token: "8", walPosition: "0/6E" },
    });
    expect(cdc.asked).toEqual([
      ...["blue: slot", "blue: write token", "blue: now", "blue: slot", "blue: slot"],
      ...["positions", "positions", "green: read token"],
    ]);
  });

  it("is not given while the slot has not confirmed the token's position", async () => {
    const cdc = await healthyCdc();

    expect(await prove(cdc)).toEqual({
      ok: false,
      failure: { kind: "not-yet", message: "slot blue_to_green_sync has confirmed 0/64, the token is at 0/6E" },
    });
  });

  it("is not given while the group has not committed past the ends read after that", async () => {
    const cdc = await healthyCdc();
    cdc.positions.set(ORDERS, { committed: 9n, start: 0n, end: 10n });
    cdc.onPause = () => {
      cdc.sides.blue.confirmed = cdc.sides.blue.wal;
    };

    expect(await prove(cdc)).toMatchObject({
      failure: { kind: "not-yet", message: `group green-sync-consumer has committed 9 of ${ORDERS}/0, it ends at 10` },
    });
  });

  it("is not given before the token itself is on the other side", async () => {
    const cdc = await healthyCdc();
    cdc.onPause = () => {
      cdc.sides.blue.confirmed = cdc.sides.blue.wal;
    };

    expect(await prove(cdc)).toMatchObject({
      failure: { kind: "not-yet", message: "token 8 was written, 7 is on green" },
    });
  });

  it("takes no token of an earlier incarnation, however high its number", async () => {
    const cdc = await healthyCdc();
    cdc.sides.green.tokens.set("forward", { n: 900, writtenAtMs: 10 });
    cdc.onPause = () => {
      cdc.sides.blue.confirmed = cdc.sides.blue.wal;
    };

    expect((await prove(cdc)).ok).toBe(false);
  });

  it("writes no token while the slot is still being made: its first snapshot would already hold it", async () => {
    const cdc = await healthyCdc();
    cdc.sides.blue.confirmed = null;

    expect(await prove(cdc)).toMatchObject({
      failure: { kind: "not-yet", message: "slot blue_to_green_sync is still being made" },
    });
    expect(cdc.asked).toEqual(["blue: slot"]);
  });

  it.each([
    ["the slot does not exist", (cdc: FakeCdc) => Object.assign(cdc.sides.blue, { slotExists: false })],
    ["the slot is lost", (cdc: FakeCdc) => Object.assign(cdc.sides.blue, { walStatus: "lost" })],
    [
      "records expired unapplied",
      (cdc: FakeCdc) => {
        flowing(cdc);
        cdc.positions.set(ORDERS, { committed: 2n, start: 5n, end: 10n });
        cdc.onPause = () => {
          cdc.sides.blue.confirmed = cdc.sides.blue.wal;
        };
      },
    ],
  ])("is impossible when %s", async (_, spoil) => {
    const cdc = await healthyCdc();
    spoil(cdc);

    expect(await prove(cdc)).toMatchObject({ ok: false, failure: { kind: "impossible" } });
  });

  it("says that nobody answers, instead of waiting", async () => {
    const cdc = await healthyCdc();
    cdc.sides.blue.reachable = false;

    expect(await prove(cdc)).toMatchObject({ failure: { kind: "unreachable", message: "blue does not answer" } });
  });
});

describe("a position of the log", () => {
  it("is written as PostgreSQL writes it", () => {
    expect(walText(0x1_0000_00ffn + 0x2_0000_0000n)).toBe("3/FF");
  });
});
