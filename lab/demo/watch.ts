import { setTimeout as pause } from "node:timers/promises";
import type { LedgerRecord } from "../../src/decision/record.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import { type LedgerEntry, recordAt } from "../../src/ledger/entry.ts";
import type { Judgement } from "../../src/policy/verdict.ts";
import { isWeightedRule } from "../../src/signals/routes.ts";
import { operatorPorts } from "../../src/wiring.ts";
import type { Lab } from "../lab.ts";

/** The operator's eyes on one lab: state and ledger through the product's own adapters, rules as the account has them. */
export interface Watcher {
  state(): Promise<CutoverState | null>;
  /** Ledger records not seen before, in order. */
  news(): Promise<readonly LedgerRecord[]>;
  /** Acts of the decommission not seen finished before, in order. */
  acts(): Promise<readonly string[]>;
  /** What a decision rested on, by the digest its record names. */
  judgement(record: LedgerRecord): Promise<Judgement | null>;
  /** Green's share as the listener's rules now say: 0 while the pin is above. */
  effectivePercent(): number;
  /** Polls until `reached`, handing every state to `onState`. @throws {Error} not within the limit; the last state is named. */
  until(
    what: string,
    limitMs: number,
    reached: (state: CutoverState) => boolean,
    onState?: (state: CutoverState, news: readonly LedgerRecord[]) => Promise<void>,
  ): Promise<CutoverState>;
}

const POLL_MS = 400;

/** What the CLI gives itself from `lab.json`; here for a lab of this process. */
export const operatorEnv = ({ file }: Lab): Readonly<Record<string, string>> => ({
  AWS_REGION: file.region,
  AWS_ACCESS_KEY_ID: file.operator.accessKeyId,
  AWS_SECRET_ACCESS_KEY: file.operator.secretAccessKey,
  AWS_ENDPOINT_URL: file.gatewayUrl,
  PAWL_TABLE: file.table,
  PAWL_TOPIC_ARN: file.topicArn,
  PAWL_ROLLBACK_FUNCTION: file.rollbackFunction,
});

export const watch = (lab: Lab): Watcher => {
  const ports = operatorPorts(operatorEnv(lab), () => lab.context.clock.now());
  const cutover = lab.bindings.name;
  let newest: LedgerEntry["place"] | null = null;
  const actsSeen = new Set<string>();

  const state = async (): Promise<CutoverState | null> => {
    const read = await ports.state.read(cutover, 3_000 as Parameters<typeof ports.state.read>[1]);
    return read.ok ? read.value : null;
  };
  const news = async (): Promise<readonly LedgerRecord[]> => {
    const read = await ports.ledger.read(cutover, newest);
    if (!read.ok) return [];
    newest = read.value.at(-1)?.place ?? newest;
    return read.value.map(recordAt).flatMap((found) => (found.ok ? [found.value] : []));
  };
  const acts = async (): Promise<readonly string[]> => {
    const read = await ports.journal.list(cutover);
    if (!read.ok) return [];
    const finished = read.value.filter(({ finishedAt }) => finishedAt !== undefined);
    const fresh = finished.filter(({ action }) => !actsSeen.has(action));
    for (const { action } of fresh) actsSeen.add(action);
    return [...fresh].sort((a, b) => a.startedAt - b.startedAt).map(({ action }) => action);
  };
  return {
    state,
    news,
    acts,
    judgement: async (record) => {
      const digest = record.detail["evidence"];
      if (typeof digest !== "string") return null;
      const read = await ports.evidence.read(cutover, digest);
      const judgement = read.ok ? read.value?.["judgement"] : undefined;
      return (judgement as unknown as Judgement | undefined) ?? null;
    },
    effectivePercent: () => effectivePercent(lab),
    until: async (what, limitMs, reached, onState) => {
      const giveUpAt = Date.now() + limitMs;
      let last: CutoverState | null = null;
      for (;;) {
        const seen = await state();
        if (seen !== null) {
          last = seen;
          await onState?.(seen, await news());
          if (reached(seen)) return seen;
        }
        if (Date.now() > giveUpAt)
          throw new Error(`${what} did not come within ${limitMs / 1_000} s: ${whereItStands(last)}`);
        await pause(POLL_MS);
      }
    },
  };
};

const whereItStands = (state: CutoverState | null): string =>
  state === null
    ? "its state cannot be read"
    : `${state.phase} at ${state.weightPercent} %, ${state.blocking.map(({ what, value }) => `${what}: ${value}`).join("; ") || "nothing blocks"}`;

const effectivePercent = ({ account, bindings }: Lab): number => {
  const shares = bindings.routes.map((route) => {
    const rules = account.edge.elbv2.rules.filter(({ listenerArn }) => listenerArn === route.listenerArn);
    const weighted = rules.find(({ arn, priority }) =>
      isWeightedRule(route, { ruleArn: arn, priority: priority === "default" ? null : priority }),
    );
    const pin = rules.find(({ arn }) => arn === route.pin?.ruleArn);
    if (pin !== undefined && Number(pin.priority) < Number(weighted?.priority ?? Infinity)) return 0;
    const forward = weighted?.actions.find(({ Type }) => Type === "forward");
    const groups = forward?.ForwardConfig?.TargetGroups ?? [];
    const weightOf = (arn: string): number => groups.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight ?? 0;
    const [blue, green] = [weightOf(route.blue), weightOf(route.green)];
    return blue + green === 0 ? 0 : (100 * green) / (blue + green);
  });
  return Math.max(...shares);
};
