/** One entry of the catalogue: what a signal measures and how it may be read. */
export interface SignalDefinition {
  readonly type: "number" | "text" | "boolean";
  readonly unit: "count" | "milliseconds" | "seconds" | "bytes" | "percent" | "ratio" | "state" | "yes-no";
  /** Inclusive; null is unbounded. Only of numbers. */
  readonly range?: { readonly least: number; readonly most: number | null };
  /** Of text: every value it can have, the healthy one first, worst last. */
  readonly values?: readonly string[];
  /** The direction in which a number gets worse, the worse value of a `yes-no`. */
  readonly worse: "up" | "down" | "none" | "true" | "false";
  /**
   * `minute`: one value a minute, from CloudWatch. `instant`: as read at one moment, kept under the minute of its `readAt`.
   * `span`: one datum over three whole minutes that cannot be merged from minutes; it is in no minute's row.
   */
  readonly kind: "minute" | "instant" | "span";
  /** What it means that nothing was reported: that nobody knows, or 0 for a minute in which the named signal has a value. */
  readonly absence: "unknown" | { readonly zeroWhen: string };
  readonly meaning: string;
  /** Only where nothing in this release measures it, so that it is unknown for ever: what there is in its place. */
  readonly unmeasured?: string;
}

export type SignalPath = string;
type Catalogue = Readonly<Record<SignalPath, SignalDefinition>>;

const number = (
  unit: SignalDefinition["unit"],
  worse: "up" | "down" | "none",
  kind: SignalDefinition["kind"],
  meaning: string,
  most: number | null = null,
): SignalDefinition => ({ type: "number", unit, range: { least: 0, most }, worse, kind, absence: "unknown", meaning });

/** CloudWatch publishes error counts only where they are not zero, and nothing at all where no request flowed. */
const errorCount = (countedWith: SignalPath, meaning: string): SignalDefinition => ({
  ...number("count", "up", "minute", meaning),
  absence: { zeroWhen: countedWith },
});

const yesNo = (worse: "true" | "false", meaning: string): SignalDefinition => ({
  type: "boolean",
  unit: "yes-no",
  worse,
  kind: "instant",
  absence: "unknown",
  meaning,
});

/** Of what policies may name already, so that they need not change on the day when something measures it. */
const unmeasured = (signal: SignalDefinition, instead: string): SignalDefinition => ({
  ...signal,
  unmeasured: instead,
});

const COMPARED_ELSEWHERE =
  "Both databases are compared by pawl cdc apply, and by decommission before it takes anything apart";

const side = (name: "green" | "blue"): Catalogue => ({
  [`${name}.requests`]: number("count", "none", "minute", `requests for which a ${name} target could be chosen`),
  [`${name}.errors5xx`]: errorCount(`${name}.requests`, `5XX that ${name} targets answered`),
  [`${name}.connectionErrors`]: errorCount(`${name}.requests`, `connections to ${name} targets that failed`),
  [`${name}.unanswered`]: errorCount(
    `${name}.requests`,
    `requests sent to ${name} that no target answered, an upgrade to WebSocket (101) included; known two minutes late`,
  ),
  [`${name}.p99Ms`]: number("milliseconds", "up", "span", `response time of ${name}'s targets, over three minutes`),
  [`${name}.healthyHosts`]: number(
    "count",
    "down",
    "instant",
    `${name} targets that are healthy; of several target groups, those of the one that has the fewest`,
  ),
  [`${name}.unhealthyHosts`]: number(
    "count",
    "up",
    "instant",
    `${name} targets registered and not healthy, in all target groups`,
  ),
});

const readyPercent = (name: "green" | "blue"): SignalDefinition =>
  number(
    "percent",
    "down",
    "instant",
    `healthy ${name} targets now, against those when armed; 0 where one target group has none`,
  );

/** Of a connector or a task, worst last. */
export const CONNECTOR_STATES = [
  "RUNNING",
  "RESTARTING",
  "UNASSIGNED",
  "PAUSED",
  "STOPPED",
  "FAILED",
  "ABSENT",
] as const;

/** How far back `strayRows` counts the application's writes on a stream's source, by the source's clock. */
export const STRAY_WINDOW_MS = 60_000;

const stream = (name: "forward" | "reverse"): Catalogue => ({
  [`${name}.state`]: {
    type: "text",
    unit: "state",
    values: CONNECTOR_STATES,
    worse: "none",
    kind: "instant",
    absence: "unknown",
    meaning: `the worse of the ${name} source's and sink's states on Kafka Connect`,
  },
  [`${name}.tasksRunning`]: number("count", "down", "instant", "tasks RUNNING, source and sink together"),
  [`${name}.tasksExpected`]: number(
    "count",
    "none",
    "instant",
    "tasks there should be: 2, one each of source and sink",
  ),
  [`${name}.lagRecords`]: number("count", "up", "instant", "records not yet committed by the sink's group"),
  [`${name}.unknownPartitions`]: number("count", "up", "instant", "partitions whose lag cannot be told"),
  [`${name}.lagSeconds`]: number("seconds", "up", "instant", "age of the newest token applied, by the source's clock"),
  [`${name}.drained`]: yesNo("false", "nothing is under way from source to target"),
  [`${name}.stalled`]: yesNo("true", "the newest token applied is more than 20 s old, whether records wait or not"),
  [`${name}.dataGap`]: yesNo("true", "rows were or may have been skipped; re-seeding, or cdc apply, clears it"),
  [`${name}.strayRows`]: number(
    "count",
    "up",
    "instant",
    "writes of the application on the source in the last minute, whether they should be there or not",
  ),
  [`${name}.deadLetters`]: number("count", "up", "instant", "records the sink put aside"),
  [`${name}.slotActive`]: yesNo("false", "the source holds its replication slot"),
  [`${name}.slotRetainedBytes`]: number("bytes", "up", "instant", "WAL kept for the slot"),
  [`${name}.slotSafeBytes`]: number(
    "bytes",
    "down",
    "instant",
    "WAL that may still be written before the slot is lost",
  ),
});

/** Every signal a policy may name, by its path. What is not here cannot be judged. */
export const SIGNALS: Catalogue = {
  ...side("green"),
  "green.readyPercent": unmeasured(readyPercent("green"), "Compare green.healthyHosts with a number of hosts"),
  ...side("blue"),
  "blue.readyPercent": readyPercent("blue"),
  "lb.requests": number("count", "none", "minute", "requests the load balancer passed to any target"),
  "lb.errors5xx": errorCount("lb.requests", "5XX the load balancer made itself; a dead green shows only here"),
  "traffic.greenPercent": number("percent", "none", "minute", "green's observed share of requests", 100),
  "traffic.ruleInSync": yesNo("false", "pin and weighted rule of every route are as recorded"),
  ...stream("forward"),
  ...stream("reverse"),
  "conflicts.total": number("count", "up", "instant", "rows both sides wrote, ever stored"),
  "conflicts.new": number("count", "up", "instant", "of these, since armed"),
  "alarms.firing": number("count", "up", "instant", "the cutover's alarms in ALARM"),
  "alarms.unknown": number(
    "count",
    "up",
    "instant",
    "the cutover's alarms that are missing, without data, or not fully evaluated",
  ),
  "diff.mismatches": unmeasured(
    number("count", "up", "instant", "rows that differ between the sides, suspects read again"),
    COMPARED_ELSEWHERE,
  ),
  "diff.coverage": unmeasured(
    number("ratio", "down", "instant", "share of rows the last comparison looked at", 1),
    COMPARED_ELSEWHERE,
  ),
  "diff.ageSeconds": unmeasured(
    number("seconds", "up", "instant", "how long ago the last comparison ended"),
    COMPARED_ELSEWHERE,
  ),
  "sequences.headroomSeconds": number("seconds", "down", "instant", "until the sides' sequences could meet"),
};

/** Measured of the streams, or of both databases by what the streams keep there: once they are taken apart, of nothing. */
const STREAM_GROUPS: ReadonlySet<string> = new Set(["forward", "reverse", "conflicts", "diff", "sequences"]);

/** Whether a text is the path of a signal that only holds for as long as the streams do. */
export const isOfStreams = (path: string): boolean =>
  signalAt(path) !== null && STREAM_GROUPS.has(path.slice(0, path.indexOf(".")));

/** The definition of a signal, or null where the catalogue has none of this name. */
export const signalAt = (path: string): SignalDefinition | null =>
  Object.hasOwn(SIGNALS, path) ? (SIGNALS[path] ?? null) : null;

/** Why a number is no value of a signal, by its range; null where it may be one. What is no number at all is none of this. */
export const outOfRange = ({ range }: SignalDefinition, value: unknown): string | null => {
  if (range === undefined || typeof value !== "number" || Number.isNaN(value)) return null;
  if (value >= range.least && value <= (range.most ?? Number.POSITIVE_INFINITY)) return null;
  return `${value} is no such value: it is from ${range.least} ${range.most === null ? "up" : `to ${range.most}`}`;
};
