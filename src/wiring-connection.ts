import type { Env } from "./wiring-settings.ts";

/** Without `throwOnRequestTimeout` the SDK only logs that a request takes too long, and waits for ever. */
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true };

/** The second name is the one that the `aws` command and Python know; the SDK does not look there by itself. */
export const regionOf = ({ AWS_REGION, AWS_DEFAULT_REGION }: Env): string | undefined =>
  AWS_REGION || AWS_DEFAULT_REGION || undefined;

/**
 * Where and as whom the SDK calls. A command that acts on a lab hands its settings over in `env`; a function and a
 * command on AWS leave everything to the SDK's own chain, which reads the same names from the process.
 */
export const connection = (env: Env) => {
  const region = regionOf(env);
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  const ofThisProcess = env === process.env;
  return {
    requestHandler,
    ...(region === undefined ? {} : { region }),
    ...(ofThisProcess || AWS_ENDPOINT_URL === undefined ? {} : { endpoint: AWS_ENDPOINT_URL }),
    ...(ofThisProcess || AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: AWS_ACCESS_KEY_ID,
            secretAccessKey: AWS_SECRET_ACCESS_KEY,
            ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
          },
        }),
  };
};

/** Reads, and writes that carry their own condition or may be repeated. */
export const REPEATABLE = { maxAttempts: 3 };
