import type { Context } from "aws-lambda";
import type { Telemetry } from "./function-shell.ts";

/**
 * A Lambda handler that works first and reports afterwards: the middleware and what it logs with are loaded when the
 * work is over. Until then one plain line tells that it was called, lest a run that is killed leaves nothing.
 * @param work - begins at once, with nothing loaded that this file does not import; it is told the real time until the kill.
 * @param report - tells what came of it. What it throws fails the invocation, as what `work` throws does.
 */
export const urgentShell =
  <Event extends object, Outcome>(
    parse: (event: unknown) => Event,
    work: (event: Event, remainingMs: () => number) => Promise<Outcome>,
    report: (outcome: Outcome, telemetry: Telemetry) => void,
  ) =>
  async (event: unknown, context: Context): Promise<void> => {
    const working = (async () => work(parse(event), () => context.getRemainingTimeInMillis()))();
    console.log(JSON.stringify({ level: "INFO", message: "Called.", service: "pawl", event }));
    const [worked] = await Promise.allSettled([working]);
    const { functionShell } = await import("./function-shell.ts");
    const shell = functionShell(parse, async (_, telemetry) => {
      if (worked.status === "rejected") throw worked.reason;
      report(worked.value, telemetry);
    });
    await shell(event, context);
  };
