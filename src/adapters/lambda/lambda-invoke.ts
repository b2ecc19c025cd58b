import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { InvokePort } from "../../guard/ports.ts";
import { toIso } from "../../kernel/instant.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { failureOf } from "../../kernel/outside-failure.ts";
import { ok, outsideFailure } from "../../kernel/result.ts";

/** Only the functions that this one may call. */
export type FunctionNames = Readonly<Partial<Record<"observe" | "promote" | "decommission" | "rollback", string>>>;

const TIMEOUT_MS = 5_000;

/** Asynchronous invocations: an answer says that Lambda has taken the event, nothing more. */
export const lambdaInvoke = (client: LambdaClient, names: FunctionNames): InvokePort => {
  const invoke = async (role: keyof FunctionNames, payload: JsonObject) => {
    const name = names[role];
    if (name === undefined) return outsideFailure("refused", `This function is not given the right to call ${role}`);
    const command = new InvokeCommand({
      FunctionName: name,
      InvocationType: "Event",
      Payload: Buffer.from(JSON.stringify(payload)),
    });
    try {
      await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
      return ok(undefined);
    } catch (error) {
      return failureOf(error, `Invoke of ${name}`);
    }
  };
  return {
    rollback: (cutover, request) =>
      invoke("rollback", {
        ...{ cutover, kind: request.kind, epoch: request.epoch },
        ...(request.kind === "snapBack" ? { tick: toIso(request.tick) } : {}),
      }),
    worker: (name, cutover, tick) => invoke(name, { cutover, tick: toIso(tick) }),
  };
};
