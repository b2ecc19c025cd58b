import { PawlError } from "./kernel/pawl-error.ts";

export type Env = Readonly<Record<string, string | undefined>>;

const isUrl =
  (...protocols: readonly string[]) =>
  (text: string): boolean =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol);

const isName = (text: string): boolean => /^[A-Za-z0-9_.:/-]+$/.test(text);

interface Setting {
  readonly expected: string;
  readonly holds: (text: string) => boolean;
}

const name: Setting = { expected: "a name", holds: isName };
const database: Setting = { expected: "a postgres:// address", holds: isUrl("postgres:", "postgresql:") };

const password: Setting = { expected: "a password of one line", holds: (text) => !/[\r\n]/.test(text) };

/** Every setting that a function or command may need, and what it has to look like. */
const SETTINGS = {
  PAWL_TABLE: name,
  PAWL_TOPIC_ARN: { expected: "the ARN of an SNS topic", holds: (text) => /^arn:[^:]+:sns:/.test(text) },
  PAWL_ROLLBACK_FUNCTION: name,
  PAWL_OBSERVE_FUNCTION: name,
  PAWL_PROMOTE_FUNCTION: name,
  PAWL_DECOMMISSION_FUNCTION: name,
  PAWL_KAFKA_BROKERS: {
    expected: "a list of host:port, separated by commas",
    holds: (text) => text.split(",").every((broker) => /^[^\s:,]+:\d+$/.test(broker)),
  },
  PAWL_CONNECT_URL: { expected: "an http(s):// address", holds: isUrl("http:", "https:") },
  PAWL_BLUE_URL: database,
  PAWL_GREEN_URL: database,
  PAWL_BLUE_ADMIN_URL: database,
  PAWL_GREEN_ADMIN_URL: database,
  PAWL_CDC_SOURCE_PASSWORD: password,
  PAWL_CDC_SINK_PASSWORD: password,
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/**
 * The named settings, all of them or none.
 * @throws {PawlError} settings-missing names every missing one at once; setting-malformed never shows the value,
 * which may hold a password.
 */
export const readSettings = <Name extends SettingName>(env: Env, ...names: readonly Name[]): Record<Name, string> => {
  const missing = names.filter((wanted) => !env[wanted]);
  if (missing.length > 0) throw new PawlError("settings-missing", { names: missing });
  return Object.fromEntries(
    names.map((wanted) => {
      const value = env[wanted] ?? "";
      const setting: Setting = SETTINGS[wanted];
      if (!setting.holds(value)) throw new PawlError("setting-malformed", { name: wanted, expected: setting.expected });
      return [wanted, value];
    }),
  ) as Record<Name, string>;
};
