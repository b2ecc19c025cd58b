import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";

/**
 * Unpacks a deployment zip into `directory`, which Lambda would mount at `/var/task`.
 * @throws where the zip holds no file for the handler.
 */
export const unpack = (zip: Uint8Array, directory: string): void => {
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    if (name.endsWith("/")) continue;
    const file = join(directory, name);
    if (!file.startsWith(`${directory}/`)) throw new Error(`the zip names ${name}, which lies outside of it`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
};

/** `functions/promote.handler` → the file that Node 24's runtime would load, and the export it would call. */
export const locateHandler = (directory: string, handler: string): { file: string; exportName: string } => {
  const dot = handler.lastIndexOf(".");
  const module = join(directory, handler.slice(0, dot));
  const file = [".js", ".mjs", ".cjs"].map((ending) => `${module}${ending}`).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`the package holds no file for the handler ${handler}`);
  return { file, exportName: handler.slice(dot + 1) };
};
