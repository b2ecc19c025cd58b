import type { BenchAccount } from "./bench-account.ts";
import type { CalledProcess } from "./called-process.ts";

/** Milliseconds from the call of a handler until the load balancer's pin is up; returns when the handler has ended. */
export const untilRaised = async (
  account: BenchAccount,
  called: CalledProcess,
  roundTripMs: number,
  handler: string,
  event: object,
): Promise<number> => {
  await account.reset();
  account.delay(roundTripMs);
  const raised = account.raised();
  const calling = called.call(handler, event);
  const at = await Promise.race([raised, calling.then(() => null)]);
  if (at === null) throw new Error(`${handler} raised no pin`);
  // What comes after the write is not measured, and need not be waited for.
  account.delay(0);
  return at - (await calling).startedAt;
};
