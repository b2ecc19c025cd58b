import { join } from "node:path";
import { type CommandedProcess, startCommanded } from "../process/commanded-process.ts";
import { freePorts } from "../process/free-ports.ts";
import type { ProcessOwner } from "../process/process-owner.ts";
import type { HostFaults } from "./faults.ts";
import type { Side } from "./order.ts";

export interface FleetSpec {
  readonly side: Side;
  /** How the hosts reach their side's database as role `shop`. */
  readonly databaseUrl: string;
  /** Hosts' standard error goes to `shop-<name>.log` in here. */
  readonly logDir: string;
  readonly hosts?: number;
}

export interface FleetHost {
  /** `blue-1` … */
  readonly name: string;
  /** On 127.0.0.1; stays the same when the host is started again. */
  readonly port: number;
  readonly pid: number | undefined;
}

/** The hosts of one side, each a process of its own. */
export interface Fleet {
  readonly side: Side;
  readonly hosts: readonly FleetHost[];
  /** Makes hosts misbehave from the next request on; `{}` ends every fault. All running hosts, or the one named. */
  fault(faults: Partial<HostFaults>, hostName?: string): Promise<void>;
  /** SIGKILL; answers in flight are reset. All hosts, or the one named. */
  kill(hostName?: string): Promise<void>;
  /** Starts hosts that do not run, without faults. All of them, or the one named. */
  start(hostName?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the hosts of one side and waits until all listen. @throws {Error} one did not. */
export const startFleet = async (owner: ProcessOwner, spec: FleetSpec): Promise<Fleet> => {
  const ports = await freePorts(spec.hosts ?? 4);
  const hosts = ports.map((port, index) => new Host(owner, spec, `${spec.side}-${index + 1}`, port));
  const chosen = (name?: string): readonly Host[] => {
    const named = name === undefined ? hosts : hosts.filter((host) => host.name === name);
    if (named.length === 0) throw new RangeError(`"${name}" is none of ${hosts.map((host) => host.name).join(", ")}`);
    return named;
  };
  const each = async (name: string | undefined, act: (host: Host) => Promise<unknown>): Promise<void> =>
    void (await Promise.all(chosen(name).map(act)));
  const fleet: Fleet = {
    side: spec.side,
    hosts,
    fault: (faults, name) => each(name, (host) => host.fault(faults)),
    kill: (name) => each(name, (host) => host.stop(0)),
    start: (name) => each(name, (host) => host.start()),
    stop: () => each(undefined, (host) => host.stop()),
  };
  await fleet.start();
  return fleet;
};

class Host implements FleetHost {
  readonly name: string;
  readonly port: number;
  readonly #owner: ProcessOwner;
  readonly #spec: FleetSpec;
  #process: CommandedProcess | undefined;

  constructor(owner: ProcessOwner, spec: FleetSpec, name: string, port: number) {
    this.#owner = owner;
    this.#spec = spec;
    this.name = name;
    this.port = port;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async start(): Promise<void> {
    if (this.pid !== undefined) return;
    this.#process = await startCommanded(this.#owner, {
      name: this.name,
      script: join(import.meta.dirname, "host.ts"),
      args: ["--side", this.#spec.side, "--port", String(this.port), "--name", this.name],
      env: { SHOP_DATABASE_URL: this.#spec.databaseUrl },
      // Small heaps: eight hosts share one small machine with two databases, Kafka and Connect.
      nodeOptions: ["--max-old-space-size=64", "--max-semi-space-size=2"],
      logFile: join(this.#spec.logDir, `shop-${this.name}.log`),
    });
  }

  async fault(faults: Partial<HostFaults>): Promise<void> {
    if (this.pid !== undefined) await this.#process?.ask("fault", faults);
  }

  async stop(withinMs?: number): Promise<void> {
    await this.#process?.stop(withinMs);
  }
}
