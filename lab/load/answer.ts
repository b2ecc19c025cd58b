import type { Answer, Intent } from "../receipts/record.ts";
import { valueHash } from "../shop/order.ts";
import type { CallEnd, ReadBody, WrittenBody } from "./shop-client.ts";

/** What the record says of how an operation ended. */
export const answerOf = (intent: Intent, end: CallEnd, answeredAt: number): Answer => {
  const { opId, user, key, op, expectedVersion, sentAt } = intent;
  const operation = { opId, user, key, op, expectedVersion, sentAt, answeredAt, side: end.side };
  switch (end.kind) {
    case "absent":
      return { type: "ack", ...operation, side: end.side, version: null, valueHash: null };
    case "refused":
      return { type: "refused", ...operation, side: end.side, version: end.version };
    case "unknown":
      return { type: "unknown", ...operation, status: end.status, why: end.why };
    case "done": {
      if (op === "read") {
        const { version, ref, content } = end.body as ReadBody;
        return { type: "ack", ...operation, side: end.side, version, valueHash: valueHash(ref, content) };
      }
      const { id, version } = end.body as WrittenBody;
      return { type: "ack", ...operation, side: end.side, key: id, version, valueHash: intent.valueHash };
    }
  }
};
