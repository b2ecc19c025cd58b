import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { FunctionsPort } from "../../guard/ports.ts";
import { failureOf } from "../../kernel/outside-failure.ts";
import { ok } from "../../kernel/result.ts";

/** Asks Lambda whether a function is there and may be invoked, by a dry run: nothing is executed. */
export const lambdaProbe = (client: LambdaClient): FunctionsPort => ({
  probe: async (name, timeoutMs) => {
    const command = new InvokeCommand({ FunctionName: name, InvocationType: "DryRun" });
    try {
      await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      return ok(undefined);
    } catch (error) {
      return failureOf(error, `A dry run of ${name}`);
    }
  },
});
