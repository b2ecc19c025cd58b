import { describe, expect, it } from "vitest";
import { loopProbe, sayProbe } from "../../../src/cdc/loop-probe.ts";
import { DIRECTIONS, sourceOf, tokenTopic } from "../../../src/cdc/names.ts";
import type { CdcPorts } from "../../../src/cdc/ports.ts";
import { fail, ok } from "../../../src/kernel/result.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import type { Direction } from "../../../src/signals/bindings.ts";
import type { DrainFailure, DrainPort, DrainProof } from "../../../src/signals/ports.ts";
import { shopCutover } from "../../support/cdc-facts.ts";
import { healthyCdc } from "../../support/fake-cdc.ts";

const PROOF: DrainProof = {
  direction: "forward",
  since: epochMs(1),
  provenAt: epochMs(2),
  token: "8",
  walPosition: "",
  topicEnds: {},
};
/** One probe looks at both directions three times. */
const PROOFS_A_PROBE = 6;

/** Every token that a side writes reaches its topic so many times; the drain fails from the nth proof on. */
const world = async (of: {
  readonly copies: (probe: number) => number;
  readonly drainFails?: { readonly from: number; readonly as: DrainFailure };
}) => {
  const cdc = await healthyCdc();
  let proofs = 0;
  const carry = (direction: Direction): void => {
    const topic = tokenTopic(shopCutover, direction);
    const before = cdc.positions.get(topic) ?? { committed: 0n, start: 0n, end: 0n };
    const end = before.end + BigInt(of.copies(Math.floor(proofs / PROOFS_A_PROBE)));
    cdc.positions.set(topic, { ...before, committed: end, end });
  };
  const written = { ...cdc.ports.databases };
  for (const direction of DIRECTIONS) {
    const side = sourceOf(direction);
    const { writeToken } = written[side];
    written[side] = {
      ...written[side],
      writeToken: async (table, stream) => {
        carry(direction);
        return writeToken(table, stream);
      },
    };
  }
  const drain: Pick<DrainPort, "prove"> = {
    prove: async () => {
      proofs += 1;
      return of.drainFails !== undefined && proofs > of.drainFails.from ? fail(of.drainFails.as) : ok(PROOF);
    },
  };
  const ports: CdcPorts = { ...cdc.ports, databases: written };
  return { probe: () => loopProbe(ports, drain as DrainPort, shopCutover, false), proofs: () => proofs };
};

const NOT_YET = { kind: "not-yet", message: "token 90 was written, 48 is on green" } as const;

describe("the loop probe", () => {
  it("finds exactly one hop where every token arrives once, and looks once", async () => {
    const { probe, proofs } = await world({ copies: () => 1 });
    expect(await probe()).toMatchObject({ ok: true, value: { oneHop: true } });
    expect(proofs()).toBe(PROOFS_A_PROBE);
  });

  it("looks again where a worker has sent some twice, and believes the second look", async () => {
    const { probe, proofs } = await world({ copies: (nth) => (nth === 0 ? 2 : 1) });
    expect(await probe()).toMatchObject({ ok: true, value: { oneHop: true } });
    expect(proofs()).toBe(2 * PROOFS_A_PROBE);
  });

  it("finds a loop where they come back", async () => {
    const { probe } = await world({ copies: () => 2 });
    expect(await probe()).toMatchObject({ ok: true, value: { oneHop: false } });
  });

  it("keeps what it has counted where a loop is so busy by then that nothing drains any more", async () => {
    const { probe } = await world({ copies: () => 2, drainFails: { from: PROOFS_A_PROBE, as: NOT_YET } });
    expect(await probe()).toMatchObject({ ok: true, value: { oneHop: false } });
  });

  it("counts all the same where a loop is so busy at once that its first hop does not drain any more", async () => {
    const { probe } = await world({ copies: () => 2, drainFails: { from: 2, as: NOT_YET } });
    expect(await probe()).toMatchObject({
      ok: true,
      value: { oneHop: false, probes: [{ direction: "forward" }, { direction: "reverse" }] },
    });
  });

  it("calls it no loop where nothing comes back and a direction has merely stopped to drain", async () => {
    const { probe } = await world({ copies: () => 1, drainFails: { from: 3, as: NOT_YET } });
    expect(await probe()).toMatchObject({ ok: false, failure: { kind: "refused" } });
  });

  it("is told in words, also where what went round took the token's number back", () => {
    const probe = { direction: "forward", atLeast: 40, atMost: 44, grown: 80, dataGrown: 2 } as const;
    expect(sayProbe(probe)).toBe("forward: at most 44 tokens were written, 80 arrived, and 2 rows of nobody");
    expect(sayProbe({ ...probe, atMost: -3, grown: 15_804, dataGrown: null })).toBe(
      "forward: 40 tokens were written and overwritten, 15804 arrived",
    );
  });

  it("says nothing of hops where a direction was not drained to begin with", async () => {
    const { probe } = await world({ copies: () => 1, drainFails: { from: 0, as: NOT_YET } });
    expect(await probe()).toMatchObject({
      ok: false,
      failure: { kind: "refused", message: expect.stringContaining("forward is not drained: token 90") },
    });
  });
});
