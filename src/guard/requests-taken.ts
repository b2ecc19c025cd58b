import type { CutoverEvent } from "../decision/events.ts";
import { requestRefusal } from "../decision/operator-request.ts";
import type { CutoverState } from "../decision/state.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { Account } from "../ledger/compose.ts";
import { adoptionNotice } from "./adopt.ts";

/** What becomes of the request that waits in this state: decided here, once; the state and every record go by it. */
export const requestEvents = (state: CutoverState, at: EpochMs): readonly CutoverEvent[] => {
  const { request } = state;
  return request === undefined
    ? []
    : [{ kind: "requestTaken", at, request, refusal: requestRefusal(state, request, at) }];
};

/** What a record says of the request among these events; null where there is none. */
export const sayRequest = (events: readonly CutoverEvent[]): string | null => {
  const taken = events.find((event) => event.kind === "requestTaken");
  if (taken === undefined) return null;
  const { verb, by, reason } = taken.request;
  return `${verb} by ${by}: ${taken.refusal === null ? `taken (${reason})` : `refused, ${taken.refusal}`}`;
};

/** The same where it was refused: whoever asked has been told that a tick will take it, and may rely on that. */
export const sayRefused = (events: readonly CutoverEvent[]): string | null =>
  events.some((event) => event.kind === "requestTaken" && event.refusal !== null) ? sayRequest(events) : null;

/** What whoever asked is told of a refusal; `body` says it, and what goes on in spite of it. */
export const refusedNotice = (cutover: string, body: string): NonNullable<Account["notify"]> => ({
  subject: `${cutover}: what was asked for is refused`,
  body,
  urgency: "page",
});

/** What whoever asked for something is told where it goes on all the same; that it goes on is told when it has. */
export const notifyAsked = (
  cutover: string,
  { refused, adoption }: Readonly<Record<"refused" | "adoption", string | null>>,
  goesOn: string,
): Pick<Account, "notify"> => {
  if (refused === null) return adoption === null ? {} : { notify: adoptionNotice(cutover, `${adoption}. ${goesOn}`) };
  const body = [`${refused}. ${goesOn}`, ...(adoption === null ? [] : [adoption])].join("\n");
  return { notify: refusedNotice(cutover, body) };
};
