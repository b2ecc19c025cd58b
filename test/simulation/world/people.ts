import type { CutoverState } from "../../../src/decision/state.ts";
import { arm } from "../../../src/guard/arm.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { rearm } from "../../../src/guard/re-arm.ts";
import { requestAdopt, requestApprove, requestPause, requestResume } from "../../../src/guard/requests.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import { policyDigest } from "../../../src/policy/policy-digest.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { hasPlainRoute } from "../../../src/signals/routes.ts";
import type { Parameters } from "../parameters.ts";
import { type Dice, diceOf } from "./dice.ts";
import { handsOn } from "./foreign-hands.ts";
import { rehearsalsOf } from "./rehearsals.ts";
import { repairRules } from "./repaired-rules.ts";
import { waivingOf } from "./waiving.ts";
import type { World } from "./world.ts";

const WHO = { by: "olga", reason: "simulated" };

/** Operators: what they do of their own accord, and what they do when they are told. */
export interface People {
  /** Once a minute. `quiet`: nothing new is begun, and whoever is told acts soon. */
  act(quiet: boolean): void;
  readonly rearms: () => number;
}

type Work = (ports: GuardPorts) => Promise<unknown>;

/** The last minutes in which going back is one rule. */
const isLastCall = (state: CutoverState | null): boolean =>
  state?.phase === "decommissioning" && state.wayBack === "open";

export const peopleOf = (world: World, parameters: Parameters, digest: (text: string) => string): People => {
  const { seed, time, cutover, policy, faults } = world;
  const dice = (purpose: string): Dice => diceOf(seed, `people ${purpose}`);
  const own = {
    pause: dice("pause"),
    back: dice("back"),
    rearm: dice("rearm"),
    told: dice("told"),
    resume: dice("resume"),
  };
  const { name } = cutover;
  let soakSince: number | null = null;
  let rearmsAsked = 0;

  const operator = (work: Work): void => void world.launch("operator", null, work);
  const accepted = hasPlainRoute(cutover) ? { withoutPin: { by: WHO.by } } : {};
  const rehearsal = { rehearsal: true, doctor: async () => [], ...accepted };

  const arms = (): void => operator((ports) => arm(ports, cutover, policy, WHO.by, rehearsal));
  const goesBack = (acceptLoss: boolean): void =>
    void world.launch("operator", null, (ports) => snapBack(ports, cutover, { kind: "operator", ...WHO, acceptLoss }), {
      by: "operator",
    });

  const approves = (): void => {
    const state = world.state();
    const { approvesAfterMinutes } = parameters;
    if (state?.phase !== "soaking" && state?.phase !== "decommissioning") {
      soakSince = null;
      return;
    }
    soakSince ??= time.now();
    if (approvesAfterMinutes === null || state.latch !== undefined || state.wayBack !== "open") return;
    const given = state.approval?.epoch === state.epoch ? state.approval.at : 0;
    const fresh = time.now() - given < 20 * 60 * MINUTE_MS;
    const due = time.now() - soakSince >= approvesAfterMinutes * MINUTE_MS;
    if (due && !fresh && state.request === undefined) operator((ports) => requestApprove(ports, name, WHO));
  };

  const armsAgain = (): void => {
    const state = world.state();
    if (state?.settled === undefined || rearmsAsked >= parameters.rearmsAtMost) return;
    if (state.phase !== "rolledBack" || !own.rearm.chance(0.2)) return;
    // Before it has cooled down they try in vain, and that does not count.
    if (time.now() - (state.latch?.at ?? 0) > 6 * MINUTE_MS) rearmsAsked += 1;
    operator((ports) => rearm(ports, cutover, policy, WHO.by, rehearsal));
  };

  /** Under a latch that nobody has called settled yet; somebody in a hurry is refused, and tries again. */
  const armsHastily = (): void => {
    const state = world.state();
    if (state?.latch === undefined || state.settled !== undefined) return;
    if (faults.strikes("people-hasty", time.now()))
      operator((ports) => rearm(ports, cutover, policy, WHO.by, rehearsal));
  };

  const repairs = (): void => {
    for (const route of handsOn(parameters)) repairRules(world, route);
  };

  /** What only people can end, once they have been told. */
  const answers = (quiet: boolean): void => {
    const state = world.state();
    const soon = quiet ? 0.5 : 0.1;
    if (state?.pause !== undefined && own.resume.chance(soon)) operator((ports) => requestResume(ports, name, WHO));
    if (state?.latch?.mode === "held" && own.told.chance(soon / 2)) goesBack(true);
    if (state?.latch !== undefined && state.wayBack !== "open" && own.told.chance(soon))
      operator((ports) => requestResume(ports, name, WHO));
    if (own.told.chance(soon)) repairs();
  };

  const ownAccord = (): void => {
    const now = time.now();
    if (faults.strikes("people-pause", now)) operator((ports) => requestPause(ports, name, WHO));
    if (faults.strikes("people-back", now)) goesBack(faults.dice("people-back").chance(0.5));
    if (isLastCall(world.state()) && faults.strikes("people-cold-feet", now))
      world.enqueue({ kind: "alarms", changes: [world.alarms.setOff()] });
    if (own.pause.chance(0.002)) operator((ports) => requestPause(ports, name, WHO));
    // Taking things apart is when people get cold feet.
    const fright = world.state()?.phase === "decommissioning" ? 0.02 : 0.0008;
    if (own.back.chance(fright)) goesBack(own.back.chance(0.5));
    if (faults.strikes("policy-adopted", now)) {
      const other: Policy = { ...policy, description: `another one, of ${now}` };
      operator(async (ports) => {
        const policyDigestOf = policyDigest(other, digest);
        const stored = await ports.policies.put(other, policyDigestOf);
        if (stored.ok) await requestAdopt(ports, name, { ...WHO, policyDigest: policyDigestOf, restartStep: true });
      });
    }
  };

  const rehearsals = rehearsalsOf(world, parameters, {
    goesBack: () => goesBack(false),
    pauses: () => operator((ports) => requestPause(ports, name, WHO)),
    armsAgain: () => operator((ports) => rearm(ports, cutover, policy, WHO.by, rehearsal)),
  });

  const waives = waivingOf(world, parameters, digest, operator);

  return {
    act: (quiet) => {
      if (world.state() === null) return arms();
      approves();
      answers(quiet);
      if (quiet) return;
      armsAgain();
      armsHastily();
      ownAccord();
      rehearsals.act();
      waives();
    },
    rearms: () => rearmsAsked,
  };
};
