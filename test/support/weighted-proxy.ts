import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Fleet } from "../../lab/shop/fleet.ts";
import type { Side } from "../../lab/shop/order.ts";

/** Sends each new session to one side by weight, and keeps it there by a cookie: enough of a load balancer for a test. */
export interface WeightedProxy {
  readonly url: string;
  /** Percent of new sessions that go to green; `sticky: false` ignores the cookies. Real milliseconds of the change. */
  shift(greenPercent: number, sticky?: boolean): number;
  close(): Promise<void>;
}

export const startWeightedProxy = async (fleets: Readonly<Record<Side, Fleet>>): Promise<WeightedProxy> => {
  const agent = new Agent({ keepAlive: true });
  let rule = { greenPercent: 0, sticky: true };
  let turn = 0;
  const sideFor = (cookie: string | undefined): Side => {
    const kept = rule.sticky ? /side=(blue|green)/.exec(cookie ?? "")?.[1] : undefined;
    if (kept !== undefined) return kept as Side;
    return Math.random() * 100 < rule.greenPercent ? "green" : "blue";
  };
  // Idle connections are kept as long as AWS keeps them; the default of 5 s resets clients that come back just then.
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    const side = sideFor(incoming.headers.cookie);
    const { hosts } = fleets[side];
    const port = hosts[turn++ % hosts.length]?.port;
    const { method, url: path, headers } = incoming;
    const onward = request({ host: "127.0.0.1", port, agent, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, "set-cookie": `side=${side}; Path=/` });
      answer.pipe(outgoing);
    });
    onward.on("error", () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shift: (greenPercent, sticky = true) => {
      rule = { greenPercent, sticky };
      return Date.now();
    },
    close: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
