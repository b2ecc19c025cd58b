import { editWeightsByHand } from "./edit-rule.ts";
import { type Fault, type FaultWorld, fault } from "./fault.ts";

const KILL_EVERY_MS = 100;
/** Of lab time: longer than any window of the gates looks back. */
const LATE_BY_MS = 360_000;

const down =
  (service: string) =>
  async ({ account }: FaultWorld) => {
    const end = account.edge.gateway.inject({ service, effect: { kind: "down" } });
    return async () => end();
  };

/** Faults of AWS, and of what stands in the account. */
export const ACCOUNT_FAULTS: readonly Fault[] = [
  fault(
    "rule-edited",
    "somebody sets the weighted rule to 77 % green by hand",
    "drift: hold and page; nobody's edit becomes the new baseline",
    async ({ account, bindings }) => {
      const ends = await Promise.all(bindings.routes.map((route) => editWeightsByHand(account, route, 77)));
      return async () => {
        for (const end of ends) await end();
      };
    },
  ),
  fault(
    "dynamodb-down",
    "DynamoDB does not answer",
    "no tick can be judged: traffic stays; a rollback still works",
    down("dynamodb"),
  ),
  fault(
    "cloudwatch-down",
    "CloudWatch's API does not answer",
    "nothing is known of green: hold; alarms still call rollback",
    down("monitoring"),
  ),
  fault(
    "elb-down",
    "the load balancer's API does not answer; its traffic goes on",
    "rules cannot be read: hold; a rollback insists until it is answered",
    down("elasticloadbalancing"),
  ),
  fault(
    "alarm-lost",
    "somebody has deleted the permissions by which alarms call rollback: their events are gone, silently",
    "the next tick sees the alarm in ALARM and sends everything back",
    async ({ account, bindings }) => {
      const rollback = account.compute.lambda.find("pawl-rollback");
      if (rollback === undefined) throw new Error(`${bindings.name} has no function pawl-rollback`);
      const deleted = rollback.permissions.splice(0);
      return async () => void rollback.permissions.push(...deleted);
    },
  ),
  fault(
    "functions-killed",
    "every running function is killed with SIGKILL, ten times a second",
    "nothing is decided meanwhile; what was cut off converges afterwards",
    async ({ account }) => {
      const names = ["pawl-tick", "pawl-observe", "pawl-promote", "pawl-rollback"];
      const kill = (): void => {
        for (const pid of names.flatMap((name) => account.compute.lambda.find(name)?.pids() ?? [])) killHard(pid);
      };
      kill();
      const killing = setInterval(kill, KILL_EVERY_MS);
      return async () => clearInterval(killing);
    },
  ),
  fault(
    "metrics-late",
    "CloudWatch learns of requests six minutes late; of hosts in time",
    "minutes that nobody has seen prove nothing: hold",
    async ({ account }) => {
      const hits = (metric: string): boolean => !metric.endsWith("HostCount");
      const end = account.edge.metrics.distort({ hits, lateByMs: LATE_BY_MS });
      return async () => end();
    },
  ),
  fault(
    "metrics-lying",
    "CloudWatch shows no request of green and so no error either, while half of the users are there",
    "silence is not health: hold",
    async ({ account, bindings }) => {
      const greens = new Set(bindings.routes.map(({ green }) => green));
      const hits = (metric: string, group: string | null): boolean =>
        group !== null && greens.has(group) && !metric.endsWith("HostCount");
      const end = account.edge.metrics.distort({ hits, lateByMs: null });
      return async () => end();
    },
  ),
];

const killHard = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
};
