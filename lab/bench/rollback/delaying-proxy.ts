import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** A loopback port in front of another one, with a network's delay between them. */
export interface DelayingProxy {
  readonly url: string;
  /** What a round trip takes from now on, in milliseconds; half of it each way, and once more for a connection to open. */
  delay(roundTripMs: number): void;
  close(): Promise<void>;
}

export const startDelayingProxy = async (targetUrl: string): Promise<DelayingProxy> => {
  const target = new URL(targetUrl);
  const open = new Set<Socket>();
  let roundTripMs = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    const openedAt = performance.now() + roundTripMs;
    pass(client, upstream, () => Math.max(0, openedAt - performance.now()) + roundTripMs / 2);
    pass(upstream, client, () => roundTripMs / 2);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => open.delete(socket));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    delay: (ms) => {
      roundTripMs = ms;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
};

/** Hands on what `from` sends, each piece later by what `lateMs` says when it arrives, and never out of order. */
const pass = (from: Socket, to: Socket, lateMs: () => number): void => {
  let dueAt = 0;
  const handOn = (act: () => void): void => {
    const now = performance.now();
    dueAt = Math.max(dueAt, now + lateMs());
    if (dueAt <= now) act();
    else setTimeout(act, dueAt - now);
  };
  from.on("data", (chunk) => handOn(() => void (to.destroyed || to.write(chunk))));
  from.on("end", () => handOn(() => to.end()));
  from.on("close", () => handOn(() => to.destroy()));
};
