import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createNarrator } from "../../lab/demo/narrator.ts";
import { mustSucceed, type Pawl, type PawlRun, pawlOn } from "../../lab/demo/pawl.ts";
import { prepare } from "../../lab/demo/prepare.ts";
import { type Watcher, watch } from "../../lab/demo/watch.ts";
import { type Lab, startLab } from "../../lab/lab.ts";
import { EXIT } from "../../src/cli/exit.ts";
import type { StatusReport } from "../../src/cli/status-report.ts";
import { APPLY_BOUND_MS, INTENT_LIFE_MS } from "../../src/decision/bounds.ts";
import type { CutoverState } from "../../src/decision/state.ts";

const ORDERS = join(import.meta.dirname, "../../policies/orders");
const SPEED = 15;
const TO_HALF_LIMIT_MS = 180_000;
const COOLED_LIMIT_MS = 120_000;
const ARMED_LIMIT_MS = 120_000;
const RETRY_MS = 2_000;
/** The time after a latch in which nothing may be armed, whatever the policy's cool-down. */
const COOLED_AFTER_LAB_MS = INTENT_LIFE_MS + APPLY_BOUND_MS;

/** A lab whose cutover rests at 50 %, under load, for faults to be brought upon. */
export interface ArmedLab {
  readonly lab: Lab;
  readonly watcher: Watcher;
  readonly pawl: Pawl;
  /** A folder of this lab's own, for dumps. */
  readonly dir: string;
  /** What `pawl status --json` prints. @throws {Error} it did not end well. */
  status(): Promise<StatusReport>;
  /** Arms again after a rollback, once it has settled, and waits until green has half of the traffic and could lose it again. */
  rearm(): Promise<void>;
  /** Waits until half of the traffic is green's and nothing but the step's own time blocks. */
  untilAtHalf(): Promise<CutoverState>;
  stop(): Promise<void>;
}

/** @throws {Error} the lab, CDC or the arming did not come about; nothing of it is left. */
export const startArmedLab = async (): Promise<ArmedLab> => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-faults-"));
  const policies = writePolicies(dir);
  const file = join(dir, "lab.json");
  let lab: Lab | undefined;
  const stop = async (): Promise<void> => {
    await lab?.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    lab = await startLab({ file, speed: SPEED, onProgress: () => {} });
    const onLab = pawlOn(file);
    const pawl: Pawl = (args, onLine) => onLab([...args, "--policies", policies], onLine);
    await prepare(
      lab,
      pawl,
      createNarrator(() => {}),
    );
    return { ...controls(lab, pawl), lab, pawl, dir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const controls = (lab: Lab, pawl: Pawl): Pick<ArmedLab, "watcher" | "status" | "rearm" | "untilAtHalf"> => {
  const watcher = watch(lab);
  const { name } = lab.bindings;
  const untilAtHalf = (): Promise<CutoverState> =>
    watcher.until("50 % with nothing in its way", TO_HALF_LIMIT_MS, (state) => {
      mustNotBeLatched(state);
      return standsAtHalf(state) && onlyDwells(state);
    });
  return {
    watcher,
    untilAtHalf,
    status: async () => {
      const { stdout } = await mustSucceed(pawl(["status", name, "--json"]), "pawl status");
      return JSON.parse(stdout) as StatusReport;
    },
    rearm: async () => {
      if ((await watcher.state())?.latch !== undefined) {
        await watcher.until("the end of the cool-down", COOLED_LIMIT_MS, (state) => mayBeRearmed(lab, state));
        await untilArmed(() => pawl(["arm", name, "--again", "--policy", "drill"]));
      }
      await watcher.until("50 % and a way back that loses nothing", TO_HALF_LIMIT_MS, (state) => {
        mustNotBeLatched(state);
        return standsAtHalf(state) && state.rollbackSafety.label === "lossless";
      });
    },
  };
};

const mayBeRearmed = ({ context }: Lab, { latch, settled }: CutoverState): boolean =>
  latch !== undefined && settled !== undefined && context.clock.now() >= latch.at + COOLED_AFTER_LAB_MS;

/** What green just suffered has to leave the windows of alarms and health checks; until then arming is refused. */
const untilArmed = async (arm: () => Promise<PawlRun>): Promise<void> => {
  const giveUpAt = Date.now() + ARMED_LIMIT_MS;
  for (;;) {
    const run = await arm();
    if (run.exitCode === 0) return;
    const mayPass = run.exitCode === EXIT.refused || run.exitCode === EXIT.outside;
    if (!mayPass || Date.now() > giveUpAt)
      throw new Error(`pawl arm --again ended with exit code ${run.exitCode}:\n${run.stdout}${run.stderr}`);
    await pause(RETRY_MS);
  }
};

/** @throws {Error} it was rolled back where it should have held. */
export const mustNotBeLatched = ({ latch }: CutoverState): void => {
  if (latch !== undefined) throw new Error(`it was rolled back: ${latch.record.summary}`);
};

const standsAtHalf = ({ weightPercent, intent }: CutoverState): boolean => weightPercent === 50 && intent === undefined;

const onlyDwells = ({ blocking }: CutoverState): boolean => blocking.length === 1 && blocking[0]?.what === "dwell";

/** The drill's gates and rules, with one step that lasts longer than every fault, and the shortest cool-down. */
const writePolicies = (dir: string): string => {
  const policies = join(dir, "policies");
  mkdirSync(join(policies, "orders"), { recursive: true });
  copyFileSync(join(ORDERS, "cutover.json"), join(policies, "orders/cutover.json"));
  const drill = JSON.parse(readFileSync(join(ORDERS, "drill.json"), "utf8")) as {
    readonly steps: readonly { readonly id: string }[];
    readonly blind: object;
  };
  const [half, full] = ["half", "full"].map((id) => drill.steps.find((step) => step.id === id));
  const policy = {
    ...drill,
    steps: [{ ...half, minDwell: "24h", maxDwell: "48h" }, full],
    // The faults that blind are over before; being blind too long is a rule of its own, told by the specs.
    blind: { ...drill.blind, after: "30m" },
    afterRollback: { cooldown: "1m" },
  };
  writeFileSync(join(policies, "orders/drill.json"), JSON.stringify(policy, null, 2));
  return policies;
};
