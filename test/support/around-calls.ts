import type { GuardPorts } from "../../src/guard/ports.ts";

const PORTS = [
  "clock",
  "state",
  "active",
  "observed",
  "snapshots",
  "policies",
  "ledger",
  "evidence",
  "journal",
  "metrics",
  "hosts",
  "alarms",
  "streams",
  "drain",
  "rules",
  "notify",
  "invoke",
] as const;

type Method = (...args: unknown[]) => unknown;

/** The same ports, with something around each of their calls but the reading of a clock. `name`: "state.latch". */
export const aroundCalls = <Ports extends GuardPorts>(
  of: Ports,
  around: (call: () => Promise<unknown>, name: string) => Promise<unknown>,
): Ports => {
  const wrapped = Object.fromEntries(
    PORTS.map((port) => [
      port,
      new Proxy(of[port], {
        get: (target, method) => {
          const member: unknown = Reflect.get(target, method);
          if (typeof member !== "function" || method === "now") return member;
          const call = async (args: unknown[]) => (member as Method).apply(target, args);
          return (...args: unknown[]) => around(() => call(args), `${port}.${String(method)}`);
        },
      }),
    ]),
  );
  return { ...of, ...wrapped };
};
