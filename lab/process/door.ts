import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A port on 127.0.0.1 that leads to another one, and can be closed as a firewall's rule closes it. */
export interface Door {
  readonly port: number;
  /** Cuts what goes through and refuses what comes. Safe to repeat. */
  close(): Promise<void>;
  /** Lets through again. Safe to repeat. */
  open(): Promise<void>;
}

/** Opens a door to `targetPort`; whether anything listens there is the caller's business. */
export const openDoor = async (port: number, targetPort: number): Promise<Door> => {
  const through = new Set<Socket>();
  let server: Server | undefined;
  const door: Door = {
    port,
    open: async () => {
      if (server !== undefined) return;
      server = createServer((client) => join(client, connect({ host: "127.0.0.1", port: targetPort }), through));
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    close: async () => {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      const closed = once(closing, "close");
      closing.close();
      for (const socket of through) socket.destroy();
      await closed;
    },
  };
  await door.open();
  return door;
};

/** Two sockets become one connection: what the one says the other hears, and they end together. */
const join = (client: Socket, target: Socket, through: Set<Socket>): void => {
  for (const [socket, other] of [
    [client, target],
    [target, client],
  ] as const) {
    through.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => other.destroy());
    socket.on("close", () => {
      through.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  }
};
