import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { lintPolicy } from "../../../src/policy/lint.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { lintOf } from "../../support/lint.ts";
import { cutoverText } from "../../support/orders-policies.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const small = (field: string, changes: JsonObject): readonly string[] =>
  lintOf({ [field]: { ...(smallPolicy()[field] as JsonObject), ...changes } });

describe("how old news may be", () => {
  it.each(["301s", "6m", "24h"])("is not %s", (maxAge) => {
    expect(small("data", { maxAge })).toEqual([
      `error max-age-too-long /data/maxAge with ${maxAge} an outage of the metrics would not be blindness for as long; at most 5m, which is also all that pawl takes`,
    ]);
  });

  it.each(["179s", "1m"])("is not as little as %s", (maxAge) => {
    expect(small("data", { maxAge })).toEqual([
      `warning max-age-too-short /data/maxAge with ${maxAge} pawl is blind to a healthy green whenever its metrics are as late as they often are, a minute or two; 3m at least`,
    ]);
  });

  it.each(["3m", "300s"])("may be %s", (maxAge) => {
    expect(small("data", { maxAge })).toEqual([]);
  });
});

describe("being blind", () => {
  it("lasts for half an hour at most", () => {
    expect(small("blind", { after: "1801s" })).toEqual([
      "error blind-too-long /blind/after 1801s without sight of green is too long; at most 30m",
    ]);
    expect(small("blind", { after: "30m" })).toEqual([]);
  });

  it("lasts for three minutes at least before traffic goes back by it", () => {
    expect(small("blind", { after: "179s" })).toEqual([
      "warning blind-too-short /blind/after within 179s a look or two in vain would send a healthy green back; 3m at least, 10m suits most",
    ]);
    expect(small("blind", { after: "3m" })).toEqual([]);
    expect(small("blind", { after: "1s", action: "hold" })).toEqual([]);
  });

  it("is of signals that there are, and that blue has at 100 %", () => {
    expect(
      small("blind", { watch: ["green.requests", "green.request", "blue.requests", "blue.healthyHosts"] }),
    ).toEqual([
      'error unknown-signal /blind/watch/1 the catalogue has no signal "green.request". Did you mean "green.requests"?',
      "error blue-at-full /blind/watch/2 at 100 % green blue is silent: without blue.requests pawl would be blind all through the soak. Watch green's signals",
    ]);
    expect(small("blind", { watch: ["green.requests", "diff.mismatches"] })).toEqual([
      'warning unmeasured-signal /blind/watch/1 nothing in this release measures "diff.mismatches"; without it pawl is blind from the first tick on. Take it out. Both databases are compared by pawl cdc apply, and by decommission before it takes anything apart',
    ]);
  });
});

describe("a soak", () => {
  it("lasts for a day, but in a drill", () => {
    const says =
      'error short-soak /soak/duration 86399s is less than 24h; until the soak is over blue is the way back, and some faults take a day to show. Only "drill": true may be shorter';
    const short = { soak: { duration: "86399s", onBreak: "restart-clock" } };

    expect(lintOf(short)).toEqual([says]);
    expect(lintOf({ ...short, drill: false })).toEqual([says]);
    expect(lintOf({ ...short, drill: true })).toEqual([]);
  });

  it.each(["24h", "23h"])("ends before %s are over, if it lasts for a day", (maxDuration) => {
    expect(small("soak", { maxDuration })).toEqual([
      `error soak-never-ends /soak/maxDuration ${maxDuration} is not longer than the soak itself, 24h`,
    ]);
    expect(small("soak", { maxDuration: "25h" })).toEqual([]);
  });
});

describe("a wait of more than four weeks", () => {
  const steps = smallPolicy()["steps"] as readonly JsonObject[];

  it("is told in days, wherever it is", () => {
    const changes = {
      start: { require: ["running", "lag"], minDwell: "1000h" },
      steps: steps.map((step, index) => (index === 1 ? { ...step, minDwell: "673h" } : step)),
      soak: { duration: "700h", onBreak: "restart-clock" },
      afterRollback: { cooldown: "2419201s" },
    };

    expect([...lintOf(changes)].sort()).toEqual([
      "warning long-wait /afterRollback/cooldown 2419201s are 28 days; is that meant?",
      "warning long-wait /soak/duration 700h are 29 days; is that meant?",
      "warning long-wait /start/minDwell 1000h are 42 days; is that meant?",
      "warning long-wait /steps/1/minDwell 673h are 28 days; is that meant?",
    ]);
  });

  it("is none of four weeks, or where nobody waits", () => {
    expect(lintOf({ steps: steps.map((step) => ({ ...step, minDwell: "672h" })) })).toEqual([]);
    expect(lintOf({ afterRollback: { cooldown: "672h" } })).toEqual([]);
  });
});

describe("the names of rollback rules", () => {
  const [breaker] = smallPolicy()["rollback"] as readonly JsonObject[];
  const named = (...ids: readonly string[]) => lintOf({ rollback: ids.map((id) => ({ ...breaker, id })) });

  it("are each its own, and none of pawl's", () => {
    const own = (index: number, id: string) =>
      `error duplicate-name /rollback/${index}/id "${id}" is what a rule of pawl's own is called; rename it`;

    expect(named("first", "second")).toEqual([]);
    expect(named("first", "first")).toEqual([
      'error duplicate-name /rollback/1/id there are two rollback rules "first"; rename one',
    ]);
    expect(named("first", "floor", "blind")).toEqual([own(1, "floor"), own(2, "blind")]);
  });
});

describe("the hosts that a policy expects", () => {
  const ORDERS: CutoverBindings = JSON.parse(cutoverText());
  const against = (params: JsonObject | undefined) =>
    lintPolicy(JSON.stringify({ ...smallPolicy(), params: { lag: 5, ...params } }), "policy.json", [ORDERS]).map(
      ({ level, rule, pointer, message }) => `${level} ${rule} ${pointer} ${message}`,
    );

  it("are those of the cutover, where it says a number", () => {
    expect(against({ expectedHosts: ORDERS.expectedHosts })).toEqual([]);
    expect(against({})).toEqual([]);
    expect(against({ expectedHosts: 9 })).toEqual([
      `error hosts-differ /params/expectedHosts 9 hosts here, and ${ORDERS.expectedHosts} in cutover ${ORDERS.name}; one of the two is wrong`,
    ]);
  });

  it("are none where there are no parameters", () => {
    const { params: _, ...without } = smallPolicy();
    const gates = {
      ...(without["gates"] as JsonObject),
      lag: { why: "x", rule: { "<": [{ var: "forward.lagSeconds" }, 5] } },
    };

    expect(lintPolicy(JSON.stringify({ ...without, gates }), "policy.json", [ORDERS])).toEqual([]);
  });
});
