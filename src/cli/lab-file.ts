import { readFileSync } from "node:fs";
import { refused } from "./exit.ts";

const TEXTS = [
  "gatewayUrl",
  "region",
  "accountId",
  "table",
  "topicArn",
  "rollbackFunction",
  "kafkaBrokers",
  "connectUrl",
  "blueUrl",
  "greenUrl",
  "blueAdminUrl",
  "greenAdminUrl",
  "cdcSourcePassword",
  "cdcSinkPassword",
] as const;
const NUMBERS = ["startTicks", "startRealMs", "startLabMs", "speed"] as const;
const KEYS = ["accessKeyId", "secretAccessKey"] as const;

/** What `lab.json` says; see the lab for who writes it. */
export type LabFile = Readonly<Record<(typeof TEXTS)[number], string>> &
  Readonly<Record<(typeof NUMBERS)[number], number>> & {
    readonly pid: number;
    readonly operator: Readonly<Record<(typeof KEYS)[number], string>>;
  };

/** @throws {CommandFailure} it is no JSON, or lacks what a command needs of it. */
export const readLabFile = (file: string): LabFile => {
  try {
    const lab: unknown = JSON.parse(readFileSync(file, "utf8"));
    const lacks = lackOf(lab);
    if (lacks.length > 0) throw new Error(`It does not say ${lacks.join(", ")}.`);
    return lab as LabFile;
  } catch (error) {
    const why = error instanceof SyntaxError ? `It is not JSON: ${error.message}` : messageOf(error);
    throw refused(`${file} cannot be read.`, why, "Run ./scripts/lab down, then ./scripts/lab up.");
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const lackOf = (lab: unknown): readonly string[] => {
  const of = membersOf(lab);
  const operator = membersOf(of["operator"]);
  return [
    ...NUMBERS.filter((name) => typeof of[name] !== "number"),
    ...TEXTS.filter((name) => typeof of[name] !== "string"),
    ...KEYS.filter((name) => typeof operator[name] !== "string").map((name) => `operator.${name}`),
  ];
};

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Whether the lab's own process is there: its pid may have been given to another program since it died. */
export const isLabRunning = ({ pid, startTicks }: LabFile): boolean => {
  if (!Number.isSafeInteger(pid)) return false;
  try {
    // The command's name stands in brackets and may itself hold brackets and blanks, so read from the last one on.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[18]) === startTicks && !"ZX".includes(state);
  } catch {
    return false;
  }
};
