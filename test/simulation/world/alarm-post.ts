import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import type { Parameters } from "../parameters.ts";
import { type Change, eventOf, record, recordOf } from "./alarm-notices.ts";
import type { AlarmEvent } from "./alarms.ts";
import { type Dice, diceOf } from "./dice.ts";
import type { World } from "./world.ts";

/** What one invocation is given, and what it really holds. */
export interface Delivery {
  readonly event: unknown;
  /** Changes to ALARM of the cutover's own alarms. */
  readonly calls: readonly AlarmEvent[];
  /** Whether something in it is of no cutover here, or cannot be read: somebody has to be told. */
  readonly isStrange: boolean;
}

/** Brings changes of alarms to the function: by one of the ways, or several in one event. */
export interface AlarmPost {
  /** A copy of the event for these changes; no two copies need come the same way. */
  of(changes: readonly AlarmEvent[], sentAt: number): Delivery;
  /** An event that calls for nothing. */
  stranger(sentAt: number): Delivery;
}

/** Changes of alarms that this account and Region do not have, though the name may be the same. */
const foreign = (dice: Dice, arn: string, at: number): Change => {
  const name = dice.of([
    arn.replace(/:\d{12}:/, ":999999999999:"),
    arn.replace(":us-east-1:", ":eu-central-1:"),
    arn.replace(/[^:]*$/, "somebody-elses"),
    `${arn}-copy`,
  ]);
  return { arn: name, state: dice.of(["ALARM", "ALARM", "OK"]), at };
};

const CONTRIBUTOR = { "detail-type": "CloudWatch Alarm Contributor State Change", source: "aws.cloudwatch" };

const unreadable = (dice: Dice, arn: string, at: number): object => {
  const said = { AlarmArn: arn, NewStateValue: "ALARM", StateChangeTime: new Date(at).toISOString() };
  const messages = [
    "somebody has published a sentence to the topic",
    JSON.stringify({ ...said, StateChangeTime: undefined }),
    JSON.stringify({ ...said, StateChangeTime: "yesterday" }),
    JSON.stringify({ ...said, AlarmArn: undefined }),
    JSON.stringify({ ...said, NewStateValue: 1 }),
    JSON.stringify({ ...CONTRIBUTOR, resources: [arn], detail: {} }),
  ];
  return dice.chance(0.1) ? { EventSource: "aws:sns" } : record(dice.of(messages), at);
};

const shuffled = <Item>(dice: Dice, items: readonly Item[]): readonly Item[] => {
  const left = [...items];
  return items.flatMap(() => left.splice(dice.below(left.length), 1));
};

/** @param hasCompany - whether others write to the same topic, and several messages come at once. */
export const alarmPost = (seed: number, { alarms }: CutoverBindings, hasCompany: boolean): AlarmPost => {
  const ways = diceOf(seed, "ways of alarms");
  const dice = diceOf(seed, "company of alarms");
  const arns = alarms.map(({ arn }) => arn);

  /** What comes beside: an alarm that is over, somebody else's, or what nobody can read. */
  const beside = (at: number): { readonly record: object; readonly isStrange: boolean } => {
    const arn = dice.of(arns);
    const kind = dice.of(["over", "foreign", "unreadable"] as const);
    if (kind === "unreadable") return { record: unreadable(dice, arn, at), isStrange: true };
    const change: Change = kind === "over" ? { arn, state: "OK", at } : foreign(dice, arn, at);
    return { record: recordOf(dice, change, at), isStrange: kind === "foreign" };
  };

  const batch = (changes: readonly AlarmEvent[], others: number, sentAt: number): Delivery => {
    const company = Array.from({ length: others }, () => beside(sentAt));
    const own = changes.map((change) => recordOf(dice, { ...change, state: "ALARM" }, sentAt));
    return {
      event: { Records: shuffled(dice, [...own, ...company.map((one) => one.record)]) },
      calls: changes,
      isStrange: company.some(({ isStrange }) => isStrange),
    };
  };

  return {
    of: (changes, sentAt) => {
      const others = hasCompany && dice.chance(0.5) ? dice.between(1, 3) : 0;
      const [only] = changes;
      if (only === undefined || changes.length > 1 || others > 0) return batch(changes, others, sentAt);
      return { event: eventOf(ways, { ...only, state: "ALARM" }, sentAt), calls: changes, isStrange: false };
    },
    stranger: (sentAt) => {
      if (dice.chance(0.5)) return batch([], dice.between(1, 3), sentAt);
      const isForeign = dice.chance(0.7);
      const arn = dice.of(arns);
      const change: Change = isForeign ? foreign(dice, arn, sentAt) : { arn, state: "OK", at: sentAt };
      return { event: eventOf(dice, change, sentAt), calls: [], isStrange: isForeign };
    },
  };
};

/** Once a minute: sends the alarms that have changed, each alone or all in one event, and now and then what is no alarm of ours. */
export const senderOf = (world: World, { also }: Parameters): ((changes: readonly AlarmEvent[]) => void) => {
  const sendEach = (changes: readonly AlarmEvent[]): void => {
    for (const change of changes) world.enqueue({ kind: "alarms", changes: [change] });
  };
  if (also?.includes("mixed-events") !== true) return sendEach;
  const dice = diceOf(world.seed, "alarms at once");
  return (changes) => {
    if (dice.chance(0.02)) world.enqueue({ kind: "stranger" });
    if (changes.length > 1 && dice.chance(0.6)) world.enqueue({ kind: "alarms", changes });
    else sendEach(changes);
  };
};
