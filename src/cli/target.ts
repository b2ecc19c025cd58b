import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type EpochMs, epochMs } from "../kernel/units.ts";
import { regionOf } from "../wiring-connection.ts";
import { misused, refused } from "./exit.ts";
import { isLabRunning, type LabFile, readLabFile } from "./lab-file.ts";

/** Where a command acts. Printed first, on standard error, so that nobody acts on the wrong one unawares. */
export interface Target {
  readonly kind: "lab" | "aws";
  /** "lab pid 123" or "aws 123456789012 eu-central-1". */
  readonly label: string;
  /** Settings as environment variables: what the process has, with the lab's laid over it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The world's clock: a lab's runs faster than this machine's. */
  readonly now: () => EpochMs;
  /** The account and Region that it is in; an account that the settings do not tell is null. */
  readonly place: { readonly account: string | null; readonly region: string };
}

export interface TargetChoice {
  /** `--lab [file]`: true takes `.pawl/lab.json` of this folder. */
  readonly lab?: string | boolean | undefined;
  readonly aws?: boolean | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

export const DEFAULT_LAB_FILE = ".pawl/lab.json";

/** Whoever sets one of these means AWS. A profile file that merely lies about on this machine says nothing. */
const CREDENTIALS = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/**
 * Picks the target. A live lab is taken where there is no AWS to confuse it with; where both are there, or the lab
 * file outlived its lab, the operator has to say which: guessing here would move real traffic.
 * @throws {CommandFailure} ambiguous, stale or absent.
 */
export const chooseTarget = (choice: TargetChoice, env: Env): Target => {
  if (choice.lab !== undefined && choice.aws === true)
    throw misused("Both --lab and --aws were given.", "A command acts on one target.", "Give one of them.");
  if (choice.aws === true) return awsTarget(env);

  const file = resolve(typeof choice.lab === "string" ? choice.lab : DEFAULT_LAB_FILE);
  const credentials = CREDENTIALS.find((name) => env[name]);
  if (!existsSync(file)) {
    if (choice.lab !== undefined)
      throw refused(
        `There is no lab at ${file}.`,
        "The file that a running lab writes is not there.",
        "Start one with ./scripts/lab up.",
      );
    if (credentials !== undefined) return awsTarget(env);
    throw refused(
      "There is nothing to act on.",
      `No lab runs here (${DEFAULT_LAB_FILE} is absent), and the environment holds no AWS credentials.`,
      "Start a lab with ./scripts/lab up, or set AWS credentials and give --aws.",
    );
  }
  const lab = readLabFile(file);
  if (!isLabRunning(lab))
    throw refused(
      `${file} belongs to a lab that no longer runs (pid ${lab.pid}).`,
      "Its process is gone; what it names no longer answers.",
      "Run ./scripts/lab down to clear it, or give --aws to act on AWS.",
    );
  if (credentials !== undefined && choice.lab === undefined)
    throw refused(
      `A lab runs here (pid ${lab.pid}), and the environment holds AWS credentials (${credentials}).`,
      "The command could act on either; a wrong guess would move real traffic.",
      "Say which: --lab or --aws.",
    );
  return labTarget(lab, env);
};

const awsTarget = (env: Env): Target => {
  const region = regionOf(env);
  if (region === undefined)
    throw misused("AWS_REGION is not set.", "One stack guards one account and Region.", "Set AWS_REGION.");
  const account = accountOf(env);
  return {
    kind: "aws",
    label: `aws ${account ?? env["AWS_PROFILE"] ?? "account of these credentials"} ${region}`,
    place: { account, region },
    env,
    now: () => epochMs(Date.now()),
  };
};

/** Of the stack whose topic and table the command uses. Credentials of another account could not use them. */
const accountOf = (env: Env): string | null =>
  /^arn:[^:]+:sns:[^:]*:(\d{12}):/.exec(env["PAWL_TOPIC_ARN"] ?? "")?.[1] ?? env["AWS_ACCOUNT_ID"] ?? null;

const labTarget = (lab: LabFile, env: Env): Target => ({
  kind: "lab",
  label: `lab pid ${lab.pid}`,
  place: { account: lab.accountId, region: lab.region },
  now: () => epochMs(Math.round(lab.startLabMs + lab.speed * (Date.now() - lab.startRealMs))),
  env: {
    ...env,
    AWS_REGION: lab.region,
    AWS_ACCESS_KEY_ID: lab.operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: lab.operator.secretAccessKey,
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_ENDPOINT_URL: lab.gatewayUrl,
    PAWL_TABLE: lab.table,
    PAWL_TOPIC_ARN: lab.topicArn,
    PAWL_ROLLBACK_FUNCTION: lab.rollbackFunction,
    PAWL_KAFKA_BROKERS: lab.kafkaBrokers,
    PAWL_CONNECT_URL: lab.connectUrl,
    PAWL_BLUE_URL: lab.blueUrl,
    PAWL_GREEN_URL: lab.greenUrl,
    PAWL_BLUE_ADMIN_URL: lab.blueAdminUrl,
    PAWL_GREEN_ADMIN_URL: lab.greenAdminUrl,
    PAWL_CDC_SOURCE_PASSWORD: lab.cdcSourcePassword,
    PAWL_CDC_SINK_PASSWORD: lab.cdcSinkPassword,
  },
});
