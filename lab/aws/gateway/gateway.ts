import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AwsService, Caller, LabContext } from "../contracts.ts";
import type { IssuedKey } from "./callers.ts";
import type { GatewayFault } from "./faults.ts";
import { FrontDesk, type RecordedCall } from "./front-desk.ts";

/** The one loopback endpoint of the lab's account: it knows the caller, finds the service, keeps the record. */
export interface Gateway {
  /** `http://127.0.0.1:<port>`, for `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** @throws where the signing name is taken. */
  register(service: AwsService): void;
  /**
   * A key of its own for a role, or for the operator. Calls with any other key are refused.
   * @param refusal - asked before each call that is made with it; without it the caller may do everything.
   */
  issueKey(name: string, refusal?: Caller["refusal"]): IssuedKey;
  /** The newest calls, oldest first, at most 5,000. */
  recentCalls(): readonly RecordedCall[];
  /** How often each caller used each action since the start: `promote` → `elasticloadbalancing:ModifyRule` → 3. */
  usage(): ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Puts a fault in force. @returns what takes it out again. */
  inject(fault: GatewayFault): () => void;
  /** Stops listening and drops every connection. Safe to repeat. */
  close(): Promise<void>;
}

export const startGateway = async (context: LabContext): Promise<Gateway> => {
  const desk = new FrontDesk(context);
  const server = createServer((request, response) => {
    desk.serve(request, response).catch((error: unknown) => {
      context.log(`gateway: ${error instanceof Error ? error.message : String(error)}`);
      response.destroy();
    });
  });
  // Longer than any pause between two ticks: a thawed Lambda must not find its kept connection just being closed.
  server.keepAliveTimeout = 120_000;
  await listen(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    register: (service) => desk.register(service),
    issueKey: (name, refusal) => desk.callers.issue(name, refusal),
    recentCalls: () => desk.recent,
    usage: () => desk.usage,
    inject: (fault) => desk.faults.inject(fault),
    close: () => close(server),
  };
};

const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
