import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Door, openDoor } from "../../../lab/process/door.ts";
import { freePorts } from "../../../lab/process/free-ports.ts";

let echo: Server;
let door: Door;
beforeEach(async () => {
  echo = createServer((socket) => socket.pipe(socket));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const [port = 0] = await freePorts(1);
  door = await openDoor(port, (echo.address() as AddressInfo).port);
});
afterEach(async () => {
  await door.close();
  echo.close();
});

const enter = async () => {
  const socket = connect(door.port, "127.0.0.1");
  await once(socket, "connect");
  return {
    socket,
    hears: async (said: string): Promise<string> => {
      socket.write(said);
      const [heard] = await once(socket, "data");
      return String(heard);
    },
  };
};

test("an open door lets everything through", async () => {
  const { socket, hears } = await enter();
  expect(await hears("anybody?")).toBe("anybody?");
  socket.destroy();
});

test("a closed door cuts who is inside and refuses who comes; open again, it lets through", async () => {
  const { socket } = await enter();
  const cut = once(socket, "close");
  await door.close();
  await cut;
  await expect(enter()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await door.open();
  const again = await enter();
  expect(await again.hears("back?")).toBe("back?");
  again.socket.destroy();
});

test("closing and opening twice is harmless", async () => {
  await door.open();
  await door.close();
  await door.close();
  await door.open();
  const { socket, hears } = await enter();
  expect(await hears("once more")).toBe("once more");
  socket.destroy();
});
