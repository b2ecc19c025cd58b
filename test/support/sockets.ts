import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface ListeningSocket {
  readonly pid: number;
  readonly port: number;
  /** Reachable from this machine only. */
  readonly loopback: boolean;
}

const LISTENING = "0A";
/** 127.0.0.1, the same as a JVM's dual-stack socket shows it, and ::1, each in the kernel's byte order. */
const LOOPBACK = ["0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"];

/** TCP sockets that these processes listen on, from /proc/net and the processes' own open files. */
export const listeningSockets = (pids: readonly number[]): readonly ListeningSocket[] => {
  const byInode = new Map([...readTable("tcp"), ...readTable("tcp6")].map((row) => [row.inode, row]));
  return pids.flatMap((pid) =>
    openSockets(pid).flatMap((inode) => {
      const row = byInode.get(inode);
      return row === undefined ? [] : [{ pid, port: row.port, loopback: row.loopback }];
    }),
  );
};

/** Every port of this machine that anything listens on. */
export const listeningPorts = (): ReadonlySet<number> =>
  new Set([...readTable("tcp"), ...readTable("tcp6")].map(({ port }) => port));

const readTable = (table: "tcp" | "tcp6") =>
  readFileSync(`/proc/net/${table}`, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTENING)
    .map((fields) => {
      const [address = "", port = ""] = (fields[1] ?? "").split(":");
      return { inode: fields[9] ?? "", port: Number.parseInt(port, 16), loopback: LOOPBACK.includes(address) };
    });

const openSockets = (pid: number): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkOrEmpty(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    // It has ended.
    return [];
  }
};

/** Where this link leads; empty where it is gone since it was listed. */
export const readlinkOrEmpty = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
};
