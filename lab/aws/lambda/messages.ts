import type { ClockNumbers } from "./scaled-date.ts";

/** What an environment is started with, as one JSON argument of its process. */
export interface Boot {
  readonly clock: ClockNumbers;
  /** Absolute path of the handler's file, and the export to call. */
  readonly file: string;
  readonly exportName: string;
}

export interface InvokeMessage {
  readonly requestId: string;
  readonly functionArn: string;
  readonly traceId: string;
  /** The event, as JSON text. */
  readonly payload: string;
  /** Real epoch milliseconds at which the environment will be killed. */
  readonly deadlineRealMs: number;
}

/** Lambda's own shape of an error, which callers, queues and destinations see. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What a runtime tells its pool. */
export type RuntimeMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "unloadable"; readonly error: FunctionError }
  | { readonly kind: "answered"; readonly requestId: string; readonly payload: string }
  | { readonly kind: "failed"; readonly requestId: string; readonly error: FunctionError };
