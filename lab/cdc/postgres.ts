import { randomUUID } from "node:crypto";
import { chmod, chown, cp, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import pg from "pg";
import type { OwnedProcess } from "../process/owned-process.ts";
import type { ProcessOwner } from "../process/process-owner.ts";

export type PostgresMajor = 16 | 18;

/** One database server of the lab, with database `appdb` and, in it, schema `appdb`. */
export interface PostgresServer {
  readonly port: number;
  /** As the superuser `postgres`, to `appdb`. Holds a password. */
  readonly adminUrl: string;
  readonly process: OwnedProcess;
}

/** PostgreSQL refuses to be root; when we are, its programs run as this user, the kernel's own "nobody". */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const user = isRoot ? { uid: NOBODY, gid: NOBODY } : undefined;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  wal_level: "logical",
  max_replication_slots: "16",
  max_wal_senders: "16",
  max_slot_wal_keep_size: "1GB",
  shared_buffers: "64MB",
  // A commit waits for its own WAL record, as in production; that the disk has it too is what a lab can do without.
  synchronous_commit: "on",
  fsync: "off",
  full_page_writes: "off",
  timezone: "UTC",
  log_timezone: "UTC",
};

/** PostgreSQL 16 takes origins from max_replication_slots, and does not start when told of a setting it does not know. */
const SETTINGS_OF: Readonly<Record<PostgresMajor, Readonly<Record<string, string>>>> = {
  16: {},
  18: { max_active_replication_origins: "8" },
};

/** Makes a new cluster and starts it: about two seconds. */
export const startPostgres = async (options: {
  readonly owner: ProcessOwner;
  readonly name: string;
  readonly major: PostgresMajor;
  readonly port: number;
  readonly dir: string;
  readonly password: string;
}): Promise<PostgresServer> => {
  const { owner, name, major, port, password } = options;
  const home = await reachableFolder(owner, options.dir, name);
  const programs = join(home, "programs");
  await copyPrograms(major, programs);
  await initialise(owner, { name, home, password });

  const settings = { ...SETTINGS, ...SETTINGS_OF[major], port: String(port) };
  const superuser = `postgres://postgres:${password}@127.0.0.1:${port}`;
  const server = owner.own({
    name,
    command: join(programs, "bin/postgres"),
    args: ["-D", join(home, "data"), ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
    cwd: home,
    user,
    // "Fast shutdown": does not wait for clients to leave.
    stopSignal: "SIGINT",
    ready: () => answers(`${superuser}/postgres`),
  });
  await server.start();
  await query(`${superuser}/postgres`, "create database appdb");
  await query(`${superuser}/appdb`, "create schema appdb");
  return { port, adminUrl: `${superuser}/appdb`, process: server };
};

/** A folder for this server that the user it runs as can reach: inside `dir` if possible, else one of its own in /tmp. */
const reachableFolder = async (owner: ProcessOwner, dir: string, name: string): Promise<string> => {
  await mkdir(dir, { recursive: true });
  if (isRoot) await chmod(dir, 0o711);
  const home = !isRoot || (await isOpenToAll(dir)) ? join(dir, name) : `/tmp/pawl-${name}-${randomUUID()}`;
  owner.removeAtEnd(home);
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (isRoot) await chown(home, NOBODY, NOBODY);
  return home;
};

const isOpenToAll = async (folder: string): Promise<boolean> => {
  const { mode } = await stat(folder);
  const parent = dirname(folder);
  return (mode & 0o001) !== 0 && (parent === folder || (await isOpenToAll(parent)));
};

/**
 * The programs are copied out of node_modules (60 MB): the package leaves out their symbolic links, a checkout need not
 * be writable, and one in a home folder that is closed to others cannot be reached by the user PostgreSQL runs as.
 */
const copyPrograms = async (major: PostgresMajor, into: string): Promise<void> => {
  const from = join(dirname(createRequire(import.meta.url).resolve(`pg${major}`)), "../native");
  await cp(from, into, { recursive: true, verbatimSymlinks: true });
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(
    await readFile(join(from, "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) {
    const link = join(into, "..", target.replace(/^native/, basename(into)));
    await rm(link, { force: true });
    await symlink(basename(source), link);
  }
};

const initialise = async (
  owner: ProcessOwner,
  { name, home, password }: { readonly name: string; readonly home: string; readonly password: string },
): Promise<void> => {
  const passwordFile = join(home, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (isRoot) await chown(passwordFile, NOBODY, NOBODY);
  const flags = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"];
  const initdb = owner.own({
    name: `${name}-initdb`,
    command: join(home, "programs/bin/initdb"),
    args: ["-D", join(home, "data"), `--pwfile=${passwordFile}`, ...flags],
    cwd: home,
    user,
  });
  await initdb.run(30_000);
  await rm(passwordFile);
};

const answers = async (url: string): Promise<boolean> => {
  try {
    await query(url, "select 1");
    return true;
  } catch {
    // Not listening yet, or still recovering after a crash.
    return false;
  }
};

const query = async (url: string, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000, query_timeout: 10_000 });
  // A connection lost after the answer came is nobody's concern; unheard, the event would end the whole lab.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
};
