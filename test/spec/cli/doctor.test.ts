import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CdcCheck } from "../../../src/cdc/finding.ts";
import { doctorCommand } from "../../../src/cli/commands/doctor.ts";
import { guardFinding } from "../../../src/cli/doctor/alarms.ts";
import type { Finding } from "../../../src/cli/doctor/finding.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import type { PinnedRoute } from "../../../src/signals/routes.ts";
import { COMPLETE, deskBefore, type FakeDesk } from "../../support/cli.ts";
import { DRILL, fakeWorld, ORDERS } from "../../support/fake-world.ts";

const [route] = ORDERS.routes as readonly [PinnedRoute];

const doctor = (desk: FakeDesk, options: { readonly rehearsal?: boolean } = {}) =>
  doctorCommand(desk.context, { policy: DRILL, rehearsal: false, ...options });

const notOk = (findings: readonly Finding[]) => findings.filter(({ verdict }) => verdict !== "ok");

describe("pawl doctor", () => {
  it("holds on a healthy world: a line each, with its value, and exit code 0", async () => {
    const { document, lines, exitCode } = await doctor(deskBefore(fakeWorld()));

    expect(notOk(document.findings)).toEqual([]);
    expect(document).toMatchObject({ cutover: "orders", policy: "orders-drill", ready: true });
    expect(exitCode).toBe(0);
    expect(lines).toContainEqual("ok       blue's hosts: 4/4 healthy");
    expect(lines).toContainEqual("ok       weighted rule 9683b2d02a6cabee: blue 100, green 0, stickiness off");
    expect(lines).toContainEqual(expect.stringMatching(/^ok {7}pin 1291d13826f405c3: parked at 101, to blue alone/));
    expect(lines.at(-1)).toBe(`orders can be armed: all ${document.findings.length} hold.`);
  });

  it("names a rule that the listener does not have, the rules that it has, and what to correct", async () => {
    const world = fakeWorld();
    world.rules.remove(route.weightedRuleArn);

    const { document, exitCode } = await doctor(deskBefore(world));

    expect(exitCode).toBe(1);
    expect(notOk(document.findings)).toEqual([
      {
        verdict: "refused",
        what: "weighted rule 9683b2d02a6cabee",
        value: `the listener has no rule ${route.weightedRuleArn}; it has 101 1291d13826f405c3`,
        remedy: "Correct routes[].weightedRuleArn in cutover.json, or create the rule.",
      },
    ]);
  });

  it("asks for the right on the user pool of every rule that logs people in, before the first step is refused", async () => {
    const pool = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_Ab129faBb";
    const login = { Type: "authenticate-cognito", AuthenticateCognitoConfig: { UserPoolArn: pool } };
    const findingsWith = async (listed: object) => {
      const world = fakeWorld();
      for (const arn of [route.weightedRuleArn, route.pin.ruleArn])
        world.rules.edit(arn, (rule) => ({ ...rule, otherActions: [login] }));
      const desk = deskBefore(world);
      const context = { ...desk.context, bindings: { ...desk.context.bindings, ...listed } };
      return (await doctor({ ...desk, context })).document.findings.filter(({ what }) => what === "login");
    };

    expect(await findingsWith({})).toMatchObject([
      { verdict: "refused", value: expect.stringContaining(pool), remedy: expect.stringContaining("userPools") },
    ]);
    expect(await findingsWith({ userPools: [pool] })).toMatchObject([{ verdict: "ok" }]);
  });

  it.each<readonly [string, (world: ReturnType<typeof fakeWorld>) => void, string, RegExp]>([
    [
      "traffic on green already",
      ({ rules }) =>
        rules.edit(route.weightedRuleArn, (rule) => ({
          ...rule,
          forward: {
            targets: [
              { targetGroupArn: route.blue, weight: 95 },
              { targetGroupArn: route.green, weight: 5 },
            ],
            sticky: false,
          },
        })),
      "weighted rule 9683b2d02a6cabee",
      /green 5, stickiness off/,
    ],
    [
      "a pin that is raised, unrecorded",
      ({ rules }) => rules.edit(route.pin.ruleArn, (rule) => ({ ...rule, priority: 99 })),
      "pin 1291d13826f405c3",
      /^raised at 99/,
    ],
    [
      "a pin with other conditions",
      ({ rules }) =>
        rules.edit(route.pin.ruleArn, (rule) => ({ ...rule, conditions: [{ Field: "path-pattern", Values: ["/a"] }] })),
      "rules of 9683b2d02a6cabee",
      /the pin's conditions are not the weighted rule's/,
    ],
    [
      "a rule in the pin's reserved place",
      ({ rules }) =>
        rules.add(route.listenerArn, {
          ruleArn: "arn:other",
          priority: 99,
          conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/admin/*"] } }],
          forward: { targets: [{ targetGroupArn: "arn:elsewhere", weight: 1 }], sticky: false },
          otherActions: [],
        }),
      "rules of 9683b2d02a6cabee",
      /rule arn:other stands above and takes requests of this route/,
    ],
    [
      "another listener that leads to green",
      ({ rules }) =>
        rules.add(`${route.listenerArn}-admin`, {
          ruleArn: "arn:other",
          priority: null,
          conditions: [],
          forward: { targets: [{ targetGroupArn: route.green, weight: 1 }], sticky: false },
          otherActions: [],
        }),
      "ways to green beside the routes",
      /rule arn:other also forwards to green/,
    ],
    [
      "a login that the pin does not have",
      ({ rules }) =>
        rules.edit(route.weightedRuleArn, (rule) => ({ ...rule, otherActions: [{ Type: "authenticate-oidc" }] })),
      "actions of pin 1291d13826f405c3",
      /the pin's actions before the forward are not/,
    ],
    [
      "a target group that keeps its clients by itself",
      ({ truth }) => void truth.stickyGroups.add(route.green),
      "target groups' stickiness",
      /^on for 1d2c3b4a59687766: the load balancer would refuse/,
    ],
    [
      "a host of green missing",
      ({ truth }) => {
        truth.healthy.green = 3;
      },
      "green's hosts",
      /^3\/4 healthy, 1 not/,
    ],
    [
      "an alarm that fires already",
      ({ truth, cutover }) => void truth.firing.add(cutover.alarms[0]?.arn ?? ""),
      "alarm pawl-orders-green-5xx-ratio",
      /^ALARM, degraded.*only a transition/,
    ],
  ])("refuses %s", async (_name, spoil, what, value) => {
    const world = fakeWorld();
    spoil(world);

    const { document, exitCode } = await doctor(deskBefore(world));

    expect(exitCode).toBe(1);
    expect(notOk(document.findings)).toMatchObject([{ verdict: "refused", what, value: expect.stringMatching(value) }]);
    expect(notOk(document.findings)[0]?.remedy).not.toBe("");
  });

  it("calls what cannot be read unknown, never refused and never good, and exits with 3", async () => {
    const world = fakeWorld();
    const desk = deskBefore(world);
    world.truth.alarmsFail = true;
    world.truth.hostsFail = true;
    world.store.down = true;
    desk.cdc = unreadable("PostgreSQL blue, facts: connect ECONNREFUSED 127.0.0.1:5432");

    const { document, exitCode } = await doctor(desk);

    expect(notOk(document.findings).map(({ verdict, what }) => `${verdict} ${what}`)).toEqual([
      "unknown table",
      "unknown healthy hosts",
      "unknown alarms",
      "unknown schedule and tick (alarm pawl-stalest-cutover)",
      "unknown cdc unreadable",
    ]);
    expect(exitCode).toBe(3);
  });

  it("names the schedule and the function as the template does, where ticks do not arrive", () => {
    const arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:pawl-stalest-cutover";
    const actions = ["arn:aws:sns:us-east-1:000000000000:pawl"];
    const silent = { arn, state: "ALARM", stateChangedAt: epochMs(0), actionsEnabled: true, actions } as const;

    const { verdict, remedy } = guardFinding(ok([silent]));

    expect([verdict, remedy]).toEqual([
      "refused",
      expect.stringContaining("the schedule pawl-tick and the log of the function pawl-tick"),
    ]);
    for (const file of ["scripts/template/schedule.yml", "serverless.yml"])
      expect(readFileSync(join(import.meta.dirname, "../../..", file), "utf8")).toMatch(/^\s+[Nn]ame: pawl-tick$/m);
  });

  it("refuses an alarm that does not call the rollback function, and a function that is not there", async () => {
    const world = fakeWorld();
    const desk = deskBefore(world);
    const alarms = {
      read: async (...asked: Parameters<typeof world.ports.alarms.read>) => {
        const read = await world.ports.alarms.read(...asked);
        return read.ok
          ? { ...read, value: read.value.map((one) => ({ ...one, actions: ["arn:aws:sns:x:1:topic"] })) }
          : read;
      },
    };
    const functions = {
      probe: async () => outsideFailure("not-found", "A dry run of pawl-rollback failed: not found"),
    };
    const context = { ...desk.context, ports: { ...desk.context.ports, alarms, functions } };

    const { document } = await doctorCommand(context, { policy: DRILL, rehearsal: false });

    const refusals = notOk(document.findings);
    expect(refusals.filter(({ value }) => value.includes("none is the function pawl-rollback"))).toHaveLength(5);
    expect(refusals).toContainEqual(expect.objectContaining({ what: "function pawl-rollback", verdict: "refused" }));
  });

  const [ratio] = ORDERS.alarms;
  const findingsWhere = async (reading: object, ports: object = {}) => {
    const world = fakeWorld();
    const alarms = {
      read: async (...asked: Parameters<typeof world.ports.alarms.read>) => {
        const read = await world.ports.alarms.read(...asked);
        return read.ok ? ok(read.value.map((one) => (one.arn === ratio?.arn ? { ...one, ...reading } : one))) : read;
      },
    };
    const desk = deskBefore(world);
    const context = { ...desk.context, ports: { ...desk.context.ports, alarms, ...ports } };
    return notOk((await doctorCommand(context, { policy: DRILL, rehearsal: false })).document.findings);
  };

  it("refuses an alarm that a mute rule silences, by the rule's name", async () => {
    const mutes = { read: async () => ok([{ arn: ratio?.arn ?? "", rule: "shop-maintenance" }]) };
    expect(await findingsWhere({}, { mutes })).toMatchObject([
      { verdict: "refused", what: "alarm pawl-orders-green-5xx-ratio", value: "is muted by shop-maintenance" },
    ]);
  });

  it("does not know whether alarms are muted where nobody answers", async () => {
    const mutes = { read: async () => outsideFailure("refused", "ListAlarmMuteRules failed: AccessDenied") };
    expect(await findingsWhere({}, { mutes })).toMatchObject([
      { verdict: "unknown", what: "mute rules of the alarms", value: expect.stringContaining("AccessDenied") },
    ]);
  });

  it("refuses a composite alarm whose actions another one suppresses, and says where that belongs", async () => {
    expect(await findingsWhere({ suppressor: "shop-maintenance" })).toMatchObject([
      { verdict: "refused", remedy: expect.stringContaining('AND NOT ALARM("shop-maintenance")') },
    ]);
  });

  it("gives the command that switches an alarm's actions on, whatever its name holds", async () => {
    const world = fakeWorld();
    const desk = deskBefore(world);
    const arn = `${ratio?.arn.split(":alarm:")[0]}:alarm:Joe's checkout: 5xx > 1 %`;
    const bindings = { ...ORDERS, alarms: [{ arn, severity: "degraded" as const }] };
    const reading = { arn, state: "OK" as const, stateChangedAt: epochMs(0), actionsEnabled: false, actions: [] };
    const alarms = { read: async () => ok([reading]) };
    const context = { ...desk.context, bindings, ports: { ...desk.context.ports, alarms } };
    const { document } = await doctorCommand(context, { policy: DRILL, rehearsal: false });
    expect(document.findings.find(({ value }) => value === "its actions are off")?.remedy).toBe(
      `aws cloudwatch enable-alarm-actions --alarm-names 'Joe'\\''s checkout: 5xx > 1 %'`,
    );
  });

  it("does not believe an alarm that CloudWatch cannot evaluate", async () => {
    expect(await findingsWhere({ impaired: "EVALUATION_ERROR" })).toMatchObject([
      { verdict: "unknown", value: expect.stringContaining("EVALUATION_ERROR") },
    ]);
  });

  it("refuses an alarm that calls a topic and not the function: who listens there cannot be seen", async () => {
    expect(await findingsWhere({ actions: ["arn:aws:sns:us-east-1:000000000000:shop"] })).toMatchObject([
      { verdict: "refused", value: expect.stringContaining("none is the function pawl-rollback") },
    ]);
  });

  it.each([
    ["another account", "arn:aws:lambda:us-east-1:999999999999:function:pawl-rollback"],
    ["another Region", "arn:aws:lambda:eu-west-1:000000000000:function:pawl-rollback"],
  ])(
    "refuses an alarm that calls the function of that name in %s: it guards something else",
    async (_where, action) => {
      expect(await findingsWhere({ actions: [action] })).toMatchObject([
        { verdict: "refused", value: expect.stringContaining(`${action}; none is the function pawl-rollback`) },
      ]);
    },
  );

  it("takes an alarm that calls a version of the function", async () => {
    expect(
      await findingsWhere({ actions: ["arn:aws:lambda:us-east-1:000000000000:function:pawl-rollback:7"] }),
    ).toEqual([]);
  });

  it("explains an alarm without data instead of calling it good or bad", async () => {
    const world = fakeWorld();
    const desk = deskBefore(world);
    const alarms = {
      read: async (...asked: Parameters<typeof world.ports.alarms.read>) => {
        const read = await world.ports.alarms.read(...asked);
        return read.ok
          ? { ...read, value: read.value.map((one) => ({ ...one, state: "INSUFFICIENT_DATA" as const })) }
          : read;
      },
    };
    const context = { ...desk.context, ports: { ...desk.context.ports, alarms } };

    const { document, exitCode } = await doctorCommand(context, { policy: DRILL, rehearsal: false });

    expect(exitCode).toBe(3);
    expect(notOk(document.findings)[0]).toMatchObject({
      verdict: "unknown",
      value: expect.stringContaining("INSUFFICIENT_DATA"),
      remedy: expect.stringContaining("TreatMissingData"),
    });
  });

  it("refuses a drill on AWS unless somebody declares a rehearsal", async () => {
    const desk = deskBefore(fakeWorld());
    desk.kind = "aws";

    expect(notOk((await doctor(desk)).document.findings)).toMatchObject([
      { verdict: "refused", what: "policy orders-drill", value: expect.stringContaining("a drill") },
    ]);
    expect(notOk((await doctor(desk, { rehearsal: true })).document.findings)).toEqual([]);
  });

  it("tells in one line that CDC is not applied, besides what would be refused", async () => {
    const desk = deskBefore(fakeWorld());
    const finding = (name: CdcCheck["findings"][number]["name"], what: string) => ({
      name,
      what,
      why: "Logical decoding needs it.",
      remedy: "mend",
    });
    desk.cdc = {
      ok: false,
      passed: [],
      findings: [finding("refused", "wal-level: blue"), finding("not-seeded", "forward"), finding("not-applied", "x")],
    };

    const { document } = await doctor(desk);

    expect(notOk(document.findings).map(({ what, value }) => `${what}: ${value}`)).toEqual([
      "cdc refused: wal-level: blue. Logical decoding needs it.",
      "cdc: not applied, or not to its end",
    ]);
    expect(COMPLETE.ok).toBe(true);
    const remedyOf = async () => (await doctor(desk)).document.findings.at(-2)?.remedy;
    expect(await remedyOf()).toBe("What is refused above comes first; as long as it is, apply changes nothing.");
    desk.cdc = { ...desk.cdc, findings: [finding("not-seeded", "forward")] };
    expect(await remedyOf()).toBe("Run pawl cdc apply orders.");
  });
});

const unreadable = (what: string): CdcCheck => ({
  ok: false,
  passed: [],
  findings: [
    { name: "unreadable", what, why: "What cannot be read cannot be called good.", remedy: "Make it reachable." },
  ],
});
