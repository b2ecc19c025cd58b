/** What a port answers: a value, or a failure that the caller has to look at before it can get at anything. */
export type Result<Value, Failure> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

export const ok = <Value>(value: Value): Result<Value, never> => ({ ok: true, value });
export const fail = <const Failure>(failure: Failure): Result<never, Failure> => ({ ok: false, failure });

/** How reading something outside failed. None of these is ever read as "zero" or "healthy". */
export interface OutsideFailure {
  readonly kind: "timed-out" | "signed-out" | "refused" | "throttled" | "unreachable" | "not-found" | "malformed";
  /** One sentence, safe to log and to show: what was asked, of whom, and what came back. */
  readonly message: string;
}

export const outsideFailure = (
  kind: OutsideFailure["kind"],
  message: string,
): { readonly ok: false; readonly failure: OutsideFailure } => ({ ok: false, failure: { kind, message } });
