import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

const LOWEST = 10_240;
/** Each process looks in a part of its own: two that start together do not pick the same port before either listens. */
const PARTS = 64;
const given = new Set<number>();

/**
 * Finds ports on 127.0.0.1 that nothing listens on and that this process has not looked at before.
 *
 * They lie below the range the kernel takes outgoing connections' ports from: a server that is killed and started
 * again must find its port free, and a load of thousands of connections would sooner or later have taken it.
 *
 * @throws {Error} none of a hundred tries a port was free.
 */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const size = Math.floor((lowestOutgoingPort() - LOWEST) / PARTS);
  const lowest = LOWEST + (process.pid % PARTS) * size;
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > 100 * count) throw new Error(`no free port found on 127.0.0.1 between ${lowest} and ${lowest + size}`);
    const port = randomInt(lowest, lowest + size);
    if (given.has(port)) continue;
    // Before it is looked at: whoever else asks meanwhile would find it as free.
    given.add(port);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
};

/** Whether a server could listen on this port of 127.0.0.1 now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => resolve(true)));
  });

const lowestOutgoingPort = (): number => {
  const [low] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").trim().split(/\s+/).map(Number);
  // A machine may hand out ports from 1024 on; then there is no quiet range, and the usual one is as good as any.
  return low !== undefined && low > LOWEST + 100 * PARTS ? low : 32_768;
};
