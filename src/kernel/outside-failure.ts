import { type OutsideFailure, outsideFailure } from "./result.ts";

interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Whoever asks is not known, or not any more: what AWS's services answer, and what the SDK throws before it sends anything. */
const SIGNED_OUT =
  /^(ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|AuthFailure|CredentialsProviderError|TokenProviderError)/;

const kindOf = ({ name = "", code = "", $metadata }: Thrown): OutsideFailure["kind"] => {
  const status = $metadata?.httpStatusCode ?? 0;
  // The AWS SDK calls a reset connection a time-out; the code says what it was.
  if (/^(ECONN|EPIPE|ENOTFOUND)/.test(code)) return "unreachable";
  if (/Timeout|Abort/.test(name) || code === "ETIMEDOUT") return "timed-out";
  if (/Throttl|TooManyRequests|ThroughputExceeded|LimitExceeded/.test(name) || status === 429) return "throttled";
  if (SIGNED_OUT.test(name)) return "signed-out";
  if (/NotFound/.test(name)) return "not-found";
  if (status >= 400 && status < 500) return "refused";
  if (name === "SyntaxError" || (status >= 200 && status < 300)) return "malformed";
  return "unreachable";
};

/** Whatever a client library threw, as one of the ways in which the outside fails. `asked` names the call and its object. */
export const failureOf = (error: unknown, asked: string): ReturnType<typeof outsideFailure> => {
  const thrown: Thrown = typeof error === "object" && error !== null ? error : { message: String(error) };
  const kind = kindOf(thrown);
  // What an aborted request says of itself ("AbortError: Request aborted") tells nobody that time ran out.
  if (kind === "timed-out") return outsideFailure(kind, `${asked}: no answer in time`);
  const said = [thrown.name, thrown.message || thrown.code].filter(Boolean).join(": ");
  return outsideFailure(kind, `${asked} failed: ${said || "no reason given"}`);
};
