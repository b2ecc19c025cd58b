import { fail, ok, type Result } from "../kernel/result.ts";
import { type DurationMs, durationMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction, Side } from "../signals/bindings.ts";
import { dismantling, dropSlotSql } from "./dismantle.ts";
import { fence } from "./fence.ts";
import { DIRECTIONS, heartbeatTopic, SIDES, sinkTopics, sourceOf } from "./names.ts";
import type { CdcPorts } from "./ports.ts";
import { executePatiently, runStatement } from "./statements.ts";

// The acts by which CDC is taken apart. Each is safe to repeat and returns only when its effect has been seen. Drain
// proofs are the DrainPort's.

/** How an act ended; where its time was over first, what it still waited for, in a sentence. */
export type Act = Result<void, string>;

const CALL_MS = durationMs(5_000);
const POLL_MS = 200;
/** An act that waited longer for its locks would end with its invocation, and nobody would be told what it waits for. */
const LOCKS_MS = 10_000;
const silently = (): void => undefined;

type Look = () => Promise<Result<string | null, string>>;

/** Looks until there is nothing left to wait for: `look` says what is, or null. */
const until = async (ports: CdcPorts, timeoutMs: DurationMs, look: Look): Promise<Act> => {
  const giveUpAt = ports.stopwatch.elapsedMs() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (!seen.ok) return seen;
    if (seen.value === null) return ok(undefined);
    if (ports.stopwatch.elapsedMs() + POLL_MS >= giveUpAt) return fail(seen.value);
    await ports.stopwatch.pause(POLL_MS);
  }
};

/** Refuses the application's writes on one side from here on; when it returns, no write of before is still open. */
export const raiseFence = async (ports: CdcPorts, cutover: CutoverBindings, side: Side): Promise<Act> => {
  const giveUpAt = ports.stopwatch.elapsedMs() + LOCKS_MS;
  for (const action of fence(cutover, side, true)) {
    const done = await runStatement(ports, action, silently, giveUpAt);
    if (!done.ok) return done;
  }
  return ok(undefined);
};

/** Stops one connector and waits until it holds nothing any more. One that does not exist is stopped. */
export const stopConnector = async (ports: CdcPorts, name: string, timeoutMs: DurationMs): Promise<Act> => {
  const asked = await ports.connect.stop(name, CALL_MS);
  if (!asked.ok) return fail(asked.failure.message);
  return until(ports, timeoutMs, async () => {
    const status = await ports.connect.status(name, CALL_MS);
    if (!status.ok) return fail(status.failure.message);
    const { state, tasksRunning } = status.value;
    if (state !== "STOPPED" && state !== "ABSENT") return ok(`connector ${name} is ${state}`);
    // It says so as soon as it is told to; its tasks are ended after that, and go on sending until then.
    if (tasksRunning === 0) return ok(null);
    return ok(
      `connector ${name} is ${state}, and ${tasksRunning} ${tasksRunning === 1 ? "task still runs" : "tasks still run"}`,
    );
  });
};

/** Drops the slot of one stream on its source, as soon as its reader has let go of it. */
export const dropSlot = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
  direction: Direction,
  timeoutMs: DurationMs,
): Promise<Act> => {
  const database = ports.databases[sourceOf(direction)];
  const { slot } = cutover.streams[direction];
  return until(ports, timeoutMs, async () => {
    const there = await database.slot(slot);
    if (!there.ok) return fail(there.failure.message);
    if (there.value === null) return ok(null);
    const dropped = await database.execute(dropSlotSql(cutover, slot), CALL_MS);
    // Its walsender may need a moment to notice that nobody listens.
    if (!dropped.ok && dropped.failure.kind !== "conflicted") return fail(dropped.failure.message);
    return ok(dropped.ok ? null : `slot ${slot}: ${dropped.failure.message}`);
  });
};

/** Forgets where a connector was, so that one of the same name starts anew. It has to be STOPPED; of a sink the group goes. */
export const resetOffsets = async (ports: CdcPorts, name: string): Promise<Act> => {
  const reset = await ports.connect.resetOffsets(name, CALL_MS);
  return reset.ok ? ok(undefined) : fail(reset.failure.message);
};

/** Deletes a connector and waits until Connect does not know it any more. */
export const deleteConnector = async (ports: CdcPorts, name: string, timeoutMs: DurationMs): Promise<Act> => {
  const asked = await ports.connect.remove(name, CALL_MS);
  if (!asked.ok) return fail(asked.failure.message);
  return until(ports, timeoutMs, async () => {
    const status = await ports.connect.status(name, CALL_MS);
    if (!status.ok) return fail(status.failure.message);
    return ok(status.value.state === "ABSENT" ? null : `connector ${name} is still ${status.value.state}`);
  });
};

/** Which of a side's remnants an act takes away. */
export type DismantlePart = "publications" | "guards";

const isPart = (part: DismantlePart, remnant: string): boolean =>
  /^(publication|origin) /.test(remnant) === (part === "publications");

/** Publications and origins, or triggers, functions and pawl's tables, of both sides. Columns and conflicts stay. */
export const dismantle = async (ports: CdcPorts, cutover: CutoverBindings, part: DismantlePart): Promise<Act> => {
  const giveUpAt = ports.stopwatch.elapsedMs() + LOCKS_MS;
  for (const side of SIDES)
    for (const { remnant, sql, gone } of dismantling(cutover, side)) {
      if (!isPart(part, remnant)) continue;
      const already = await ports.databases[side].holds(gone);
      if (!already.ok) return fail(already.failure.message);
      if (already.value) continue;
      const done = await executePatiently(ports, side, sql, silently, giveUpAt);
      if (!done.ok) return done;
    }
  return ok(undefined);
};

/** Topics hold the application's data: they go too, and the groups in case a reset had not taken them along. */
export const deleteTopicsAndGroups = async (ports: CdcPorts, cutover: CutoverBindings): Promise<Act> => {
  for (const direction of DIRECTIONS) {
    const group = await ports.broker.deleteGroup(cutover.streams[direction].group, CALL_MS);
    if (!group.ok) return fail(group.failure.message);
    const topics = [...sinkTopics(cutover, direction), heartbeatTopic(cutover, direction)];
    const deleted = await ports.broker.deleteTopics(topics, CALL_MS);
    if (!deleted.ok) return fail(deleted.failure.message);
  }
  return ok(undefined);
};

/** What is still there of a cutover's CDC, by name; all empty when nothing is. */
export interface Leftovers {
  readonly slots: readonly string[];
  readonly connectors: readonly string[];
  readonly groups: readonly string[];
  readonly topics: readonly string[];
  /** e.g. `publication pawl_forward on blue` */
  readonly remnants: readonly string[];
}

const leftoversOfStream = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
  direction: Direction,
): Promise<Result<Omit<Leftovers, "remnants">, string>> => {
  const { source, sink, slot, group } = cutover.streams[direction];
  const slotThere = await ports.databases[sourceOf(direction)].slot(slot);
  if (!slotThere.ok) return fail(slotThere.failure.message);
  const connectors: string[] = [];
  for (const name of [source, sink]) {
    const status = await ports.connect.status(name, CALL_MS);
    if (!status.ok) return fail(status.failure.message);
    if (status.value.state !== "ABSENT") connectors.push(name);
  }
  const groupThere = await ports.broker.groupExists(group, CALL_MS);
  if (!groupThere.ok) return fail(groupThere.failure.message);
  const topics = [...sinkTopics(cutover, direction), heartbeatTopic(cutover, direction)];
  const there = await ports.broker.topics(topics, CALL_MS);
  if (!there.ok) return fail(there.failure.message);
  return ok({
    slots: slotThere.value === null ? [] : [slot],
    connectors,
    groups: groupThere.value ? [group] : [],
    topics: there.value.map(({ name }) => name),
  });
};

/** Looks for everything that taking apart should have removed. Effects: none. */
export const findLeftovers = async (ports: CdcPorts, cutover: CutoverBindings): Promise<Result<Leftovers, string>> => {
  const remnants: string[] = [];
  for (const side of SIDES)
    for (const { remnant, gone } of dismantling(cutover, side)) {
      const absent = await ports.databases[side].holds(gone);
      if (!absent.ok) return fail(absent.failure.message);
      if (!absent.value) remnants.push(`${remnant} on ${side}`);
    }
  const forward = await leftoversOfStream(ports, cutover, "forward");
  if (!forward.ok) return forward;
  const reverse = await leftoversOfStream(ports, cutover, "reverse");
  if (!reverse.ok) return reverse;
  const both = [forward.value, reverse.value];
  return ok({
    slots: both.flatMap(({ slots }) => slots),
    connectors: both.flatMap(({ connectors }) => connectors),
    groups: both.flatMap(({ groups }) => groups),
    topics: both.flatMap(({ topics }) => topics),
    remnants,
  });
};
