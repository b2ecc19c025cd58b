/** The process of one execution environment: loads the packaged handler once, then answers one event after another. */
import { pathToFileURL } from "node:url";
import type { Boot, FunctionError, InvokeMessage, RuntimeMessage } from "./messages.ts";
import { installScaledDate } from "./scaled-date.ts";

type Handler = (event: unknown, context: unknown) => unknown;

const realNow = Date.now.bind(Date);

const tell = (message: RuntimeMessage): void => {
  process.send?.(message);
};

const errorOf = (thrown: unknown): FunctionError => {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? "").split("\n") };
};

const contextOf = ({ requestId, functionArn, deadlineRealMs }: InvokeMessage) => ({
  awsRequestId: requestId,
  functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
  functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
  memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
  logGroupName: process.env["AWS_LAMBDA_LOG_GROUP_NAME"],
  logStreamName: process.env["AWS_LAMBDA_LOG_STREAM_NAME"],
  invokedFunctionArn: functionArn,
  getRemainingTimeInMillis: () => Math.max(0, deadlineRealMs - realNow()),
});

const load = async ({ file, exportName }: Boot): Promise<Handler> => {
  const bundle = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const handler = bundle[exportName];
  if (typeof handler !== "function")
    throw named("Runtime.HandlerNotFound", `${exportName} is undefined or not exported`);
  if (handler.length > 2)
    throw named("Runtime.CallbackHandlerDeprecated", "Node.js 24 no longer supports handlers that take a callback");
  return handler as Handler;
};

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const answer = async (handler: Handler, message: InvokeMessage): Promise<void> => {
  const { requestId } = message;
  process.env["_X_AMZN_TRACE_ID"] = message.traceId;
  try {
    const value = await handler(JSON.parse(message.payload), contextOf(message));
    tell({ kind: "answered", requestId, payload: JSON.stringify(value) ?? "null" });
  } catch (thrown) {
    const error = errorOf(thrown);
    process.stdout.write(`${requestId}\tERROR\tInvoke Error\t${JSON.stringify(error)}\n`);
    tell({ kind: "failed", requestId, error });
  }
};

const boot = JSON.parse(process.argv[2] ?? "") as Boot;
// The pool is gone: nobody will ever thaw this process again.
process.on("disconnect", () => process.exit(0));
installScaledDate(boot.clock);
try {
  const handler = await load(boot);
  process.on("message", (message) => void answer(handler, message as InvokeMessage));
  tell({ kind: "ready" });
} catch (thrown) {
  const error = errorOf(thrown);
  process.stdout.write(`undefined\tERROR\tUncaught Exception\t${JSON.stringify(error)}\n`);
  tell({ kind: "unloadable", error });
}
