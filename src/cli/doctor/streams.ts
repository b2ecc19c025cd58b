import type { CutoverBindings, Direction } from "../../signals/bindings.ts";
import type { Observation, Observations, SignalValue } from "../../signals/observation.ts";
import { type Finding, fails, holds, unseen } from "./finding.ts";

/** Above this a stream is not merely behind. The policy's own gates are stricter, and judge every minute. */
const OLDEST_TOKEN_SECONDS = 60;

/** Both streams as they run now, and the sequences: what the policy will judge has to be readable before it is. */
export const streamFindings = (cutover: CutoverBindings, seen: Observations): readonly Finding[] => [
  ...(["forward", "reverse"] as const).flatMap((direction) => oneStream(cutover, direction, seen)),
  expect(seen, "conflicts.total", "stored conflicts", "", (value) => typeof value === "number"),
  expect(
    seen,
    "sequences.headroomSeconds",
    "sequences apart",
    "Run pawl cdc apply: it sets blue to even numbers and green to odd ones.",
    (value) => Number(value) > 0,
    (value) =>
      Number(value) > 0 ? `room for ${Math.floor(Number(value) / 86_400)} days at 1,000 numbers a second` : "they meet",
  ),
];

const oneStream = (cutover: CutoverBindings, direction: Direction, seen: Observations): readonly Finding[] => {
  const { source, sink, slot, group } = cutover.streams[direction];
  const of = (name: string) => `${direction}.${name}`;
  return [
    running(direction, `${source}, ${sink}`, seen),
    expect(
      seen,
      of("lagRecords"),
      `${direction} lag of ${group}`,
      "The group has to have committed on every partition.",
      (value) => typeof value === "number",
      (value) => `${value} records`,
    ),
    expect(
      seen,
      of("lagSeconds"),
      `${direction} token`,
      "It does not arrive: look at the source's slot first, then at the sink.",
      (value) => Number(value) <= OLDEST_TOKEN_SECONDS,
      (value) => `${Number(value).toFixed(1)} s old on the other side, at most ${OLDEST_TOKEN_SECONDS}`,
    ),
    expect(
      seen,
      of("slotActive"),
      `${direction} slot ${slot}`,
      "Restart the source connector; a lost slot means re-seeding.",
      (value) => value === true,
      (value) => (value === true ? "held by its source" : "not held"),
    ),
    expect(
      seen,
      of("dataGap"),
      `${direction} complete`,
      "Only re-seeding and a clean comparison clear a gap.",
      (value) => value === false,
      (value) => (value === false ? "no gap since it was seeded" : "rows were or may have been skipped"),
    ),
    expect(
      seen,
      of("deadLetters"),
      `${direction} dead letters`,
      "Find out what the sink could not apply; it is missing on the other side.",
      (value) => value === 0,
    ),
  ];
};

const running = (direction: Direction, connectors: string, seen: Observations): Finding => {
  const what = `${direction} connectors ${connectors}`;
  const [state, tasks, expected] = ["state", "tasksRunning", "tasksExpected"].map(
    (name) => seen[`${direction}.${name}`],
  );
  const missing = [state, tasks, expected].find((one) => one?.known !== true);
  if (missing !== undefined || state?.known !== true || tasks?.known !== true || expected?.known !== true)
    return unseen(what, reasonOf(missing), "Find out whether Kafka Connect runs and can be reached from here.");
  const value = `${state.value}, ${tasks.value} of ${expected.value} tasks`;
  return state.value === "RUNNING" && tasks.value === expected.value && Number(expected.value) >= 1
    ? holds(what, value)
    : fails(what, value, "Run pawl cdc apply: it restarts what FAILED and resumes what is paused.");
};

const reasonOf = (seen: Observation | undefined): string =>
  seen === undefined ? "not looked at" : seen.known ? String(seen.value) : seen.reason;

const expect = (
  seen: Observations,
  path: string,
  what: string,
  remedy: string,
  isGood: (value: SignalValue) => boolean,
  say: (value: SignalValue) => string = String,
): Finding => {
  const one = seen[path];
  if (one?.known !== true)
    return unseen(
      what,
      reasonOf(one),
      "Find out whether Kafka, Kafka Connect and both databases can be reached from here.",
    );
  return isGood(one.value) ? holds(what, say(one.value)) : fails(what, say(one.value), remedy);
};
