import { toIso } from "../../../src/kernel/instant.ts";
import type { EpochMs } from "../../../src/kernel/units.ts";
import type { DroppedEvent } from "./asynchronous-queue.ts";

const parsed = (json: string): unknown => JSON.parse(json);

/** What an on-failure destination receives: the request, and how it ended. */
export const destinationRecord = (functionArn: string, event: DroppedEvent, at: EpochMs): string =>
  JSON.stringify({
    version: "1.0",
    timestamp: toIso(at),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition: event.condition,
      approximateInvokeCount: event.attempts,
    },
    requestPayload: parsed(event.payload),
    ...(event.error === null
      ? {}
      : {
          responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
          responsePayload: event.error,
        }),
  });

/** What a dead-letter queue receives beside the bare event: attributes only. */
export const deadLetterAttributes = (event: DroppedEvent): Readonly<Record<string, string>> => ({
  RequestID: event.requestId,
  ErrorCode: event.error === null ? "429" : "200",
  ErrorMessage: (event.error?.errorMessage ?? event.condition).slice(0, 1024),
});
