import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { errors, type Pool } from "undici";

/** How a forwarded request ended, as far as the load balancer's counters care. */
export type ForwardEnd =
  | { readonly kind: "answered"; readonly status: number; readonly seconds: number }
  | { readonly kind: "unanswered"; readonly status: 502 | 504; readonly connectionFailed: boolean }
  /** The client closed first: what access logs show as 460. */
  | { readonly kind: "client-gone"; readonly status: 460 };

/** Headers that belong to one hop and are never passed on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "upgrade", "expect"],
  "transfer-encoding",
]);

const passedOn = (headers: IncomingHttpHeaders): IncomingHttpHeaders => {
  const kept: IncomingHttpHeaders = {};
  for (const name of Object.keys(headers)) if (!HOP_BY_HOP.has(name)) kept[name] = headers[name];
  return kept;
};

/**
 * Hands a request to a target and its answer back to the client, as a stream. Once begun it stays with that target,
 * whatever the rules say by then (aws.md 1, in-flight requests).
 *
 * @param settled told once, when the target's answer begins or its absence is certain.
 * @returns when the last byte has gone, or the client has.
 */
export const forward = async (
  pool: Pool,
  client: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly cookies: readonly string[] },
  settled: (end: ForwardEnd) => void,
): Promise<void> => {
  const { request, response, cookies } = client;
  const startedAt = performance.now();
  const aborter = new AbortController();
  const onClose = (): void => {
    if (!response.writableFinished) aborter.abort();
  };
  response.once("close", onClose);
  try {
    const hasBody = request.headers["content-length"] !== undefined || "transfer-encoding" in request.headers;
    const options = {
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: { ...passedOn(request.headers), ...forwardedHeaders(request) },
      body: hasBody ? request : null,
      signal: aborter.signal,
    };
    await pool.stream(options, ({ statusCode, headers }) => {
      settled({ kind: "answered", status: statusCode, seconds: (performance.now() - startedAt) / 1_000 });
      const setCookie = [headers["set-cookie"] ?? [], ...cookies].flat();
      return response.writeHead(statusCode, {
        ...passedOn(headers),
        ...(setCookie.length === 0 ? {} : { "set-cookie": setCookie }),
      });
    });
  } catch (error) {
    if (response.headersSent) response.destroy();
    else if (aborter.signal.aborted) settled({ kind: "client-gone", status: 460 });
    else answerFor(error, response, settled);
  } finally {
    response.off("close", onClose);
  }
};

const forwardedHeaders = (request: IncomingMessage): OutgoingHttpHeaders & IncomingHttpHeaders => ({
  "x-forwarded-for": request.socket.remoteAddress ?? "127.0.0.1",
  "x-forwarded-proto": "http",
  "x-forwarded-port": String(request.socket.localPort ?? 80),
});

/** aws.md 0, row 6: refused and reset are 502, silence is 504, and both are the load balancer's own answers. */
const answerFor = (error: unknown, response: ServerResponse, settled: (end: ForwardEnd) => void): void => {
  const connectTimeout = error instanceof errors.ConnectTimeoutError;
  const silent = connectTimeout || error instanceof errors.HeadersTimeoutError;
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  const status = silent ? 504 : 502;
  settled({ kind: "unanswered", status, connectionFailed: connectTimeout || code === "ECONNREFUSED" });
  respond(response, status, "text/html", OWN_PAGES[status]);
};

const page = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;

const OWN_PAGES = { 502: page("502 Bad Gateway"), 504: page("504 Gateway Time-out") } as const;
export const NO_TARGET_PAGE = page("503 Service Temporarily Unavailable");

export const respond = (response: ServerResponse, status: number, contentType: string, body: string): void => {
  response.writeHead(status, {
    server: "awselb/2.0",
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
};
