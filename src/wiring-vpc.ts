import { systemNow } from "./adapters/clock/system-clock.ts";
import { type CdcReach, type CdcSettings, cdcSettings, createCdcPorts } from "./wiring-cdc.ts";
import type { Env } from "./wiring-settings.ts";

/** Longer than any healthy query, far shorter than an invocation. */
const QUERY_TIMEOUT_MS = 5_000;

/** @throws {PawlError} a setting of the VPC's half is missing or malformed. */
export const vpcSettings = (env: Env): CdcSettings => cdcSettings(env, QUERY_TIMEOUT_MS);

/** CDC for the length of one invocation: the connections of a frozen function die without telling it. */
export const withCdc = async <Outcome>(
  settings: CdcSettings,
  use: (cdc: CdcReach) => Promise<Outcome>,
  now = systemNow,
): Promise<Outcome> => {
  const cdc = createCdcPorts(settings, now);
  try {
    return await use(cdc);
  } finally {
    await cdc.close();
  }
};
