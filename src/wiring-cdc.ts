import { setTimeout as sleep } from "node:timers/promises";
import { connectRest } from "./adapters/connect/connect-rest.ts";
import { kafkaBroker } from "./adapters/kafka/kafka-broker.ts";
import { postgresAdminDatabase, postgresDatabase } from "./adapters/postgres/database.ts";
import { drainOver } from "./cdc/drain.ts";
import type { DatabaseAddress } from "./cdc/facts.ts";
import type { CdcAdminPorts, CdcPorts, StopwatchPort } from "./cdc/ports.ts";
import { streamsOver } from "./cdc/streams.ts";
import type { EpochMs } from "./kernel/units.ts";
import type { Side } from "./signals/bindings.ts";
import type { DrainPort, StreamsPort } from "./signals/ports.ts";
import { sha256 } from "./wiring-local.ts";
import { type Env, readSettings } from "./wiring-settings.ts";

/** Where CDC is found. The addresses hold passwords: they are logged nowhere. */
export interface CdcSettings {
  /** `host:port`, separated by commas. */
  readonly kafkaBrokers: string;
  readonly connectUrl: string;
  readonly blueUrl: string;
  readonly greenUrl: string;
  /** The longest that one query may take. */
  readonly queryTimeoutMs: number;
}

/**
 * @param queryTimeoutMs - As long as whoever asks may wait.
 * @throws {PawlError} a setting of the VPC's half is missing or malformed.
 */
export const cdcSettings = (env: Env, queryTimeoutMs: number): CdcSettings => {
  const found = readSettings(env, "PAWL_KAFKA_BROKERS", "PAWL_CONNECT_URL", "PAWL_BLUE_URL", "PAWL_GREEN_URL");
  return {
    kafkaBrokers: found.PAWL_KAFKA_BROKERS,
    connectUrl: found.PAWL_CONNECT_URL,
    blueUrl: found.PAWL_BLUE_URL,
    greenUrl: found.PAWL_GREEN_URL,
    queryTimeoutMs,
  };
};

/** What the guard's functions reach CDC by. */
export interface CdcReach {
  readonly ports: CdcPorts;
  readonly streams: StreamsPort;
  readonly drain: DrainPort;
  readonly addresses: Readonly<Record<Side, DatabaseAddress>>;
  close(): Promise<void>;
}

export interface CdcAdminReach extends CdcReach {
  readonly ports: CdcAdminPorts;
}

/** Timers and this clock are real even where a lab scales `Date`; CDC's durations have to be. */
const stopwatch: StopwatchPort = {
  elapsedMs: () => performance.now(),
  pause: async (forMs, signal) => {
    // An abort is the end of a wait that nobody needs any more.
    await sleep(forMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};

const addressOf = (url: string): DatabaseAddress => {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: port === "" ? 5432 : Number(port), database: decodeURIComponent(pathname.slice(1)) };
};

const reach = <Ports extends CdcPorts>(ports: Ports, settings: CdcSettings, now: () => EpochMs) => ({
  ports,
  streams: streamsOver(ports, now, sha256),
  drain: drainOver(ports, now),
  addresses: { blue: addressOf(settings.blueUrl), green: addressOf(settings.greenUrl) },
  close: async () => {
    await Promise.all([ports.databases.blue.close(), ports.databases.green.close()]);
  },
});

const outside = (settings: CdcSettings): Pick<CdcPorts, "broker" | "connect" | "stopwatch"> => ({
  broker: kafkaBroker(settings.kafkaBrokers),
  connect: connectRest(settings.connectUrl),
  stopwatch,
});

/**
 * CDC as the guard sees it. `now` is the guard's clock: in a lab it runs faster than CDC does.
 * Connections are made when first needed; `close` gives them back.
 */
export const createCdcPorts = (settings: CdcSettings, now: () => EpochMs): CdcReach =>
  reach(
    {
      ...outside(settings),
      databases: {
        blue: postgresDatabase(settings.blueUrl, "blue", settings.queryTimeoutMs),
        green: postgresDatabase(settings.greenUrl, "green", settings.queryTimeoutMs),
      },
    },
    settings,
    now,
  );

/** CDC as the administrator sees it, for `cdc plan` and `cdc apply`. */
export const createCdcAdminPorts = (
  settings: CdcSettings & { readonly blueAdminUrl: string; readonly greenAdminUrl: string },
  now: () => EpochMs,
): CdcAdminReach =>
  reach(
    {
      ...outside(settings),
      databases: {
        blue: postgresAdminDatabase(settings.blueAdminUrl, "blue", settings.queryTimeoutMs),
        green: postgresAdminDatabase(settings.greenAdminUrl, "green", settings.queryTimeoutMs),
      },
    },
    settings,
    now,
  );
