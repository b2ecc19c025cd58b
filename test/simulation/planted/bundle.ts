import { mkdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { type Edit, type Fault, planted } from "./fault.ts";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Sources with the fault in them, and with their own addresses, which a bundle would replace by its own. */
const planting = (edits: readonly Edit[], loaded: Set<string>): Plugin => ({
  name: "planting",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const file = relative(ROOT, path);
      loaded.add(file);
      const source = planted(
        await readFile(path, "utf8"),
        edits.filter((edit) => edit.file === file),
      );
      const contents = source.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: "ts" };
    });
  },
});

/** The same fault may be hunted for in two storms at once. */
let bundles = 0;

/**
 * Bundles the hunt with one fault in the guard, or with none.
 * @returns The bundle's path; it is run with Node alone.
 * @throws {Error} the fault has rotted: what it replaces is not there once, or the simulation does not load it.
 */
export const bundleWith = async (fault: Fault | null): Promise<string> => {
  const edits = fault?.edits ?? [];
  bundles += 1;
  const outfile = join(ROOT, ".build", "planted", `${fault?.name ?? "no-fault"}-${process.pid}-${bundles}.mjs`);
  await mkdir(join(ROOT, ".build", "planted"), { recursive: true });
  const loaded = new Set<string>();
  await build({
    entryPoints: [join(ROOT, "test/simulation/planted/hunt.ts")],
    ...{ bundle: true, platform: "node", format: "esm", target: "node24", packages: "external", logLevel: "silent" },
    outfile,
    plugins: [planting(edits, loaded)],
  });
  const missed = edits.find(({ file }) => !loaded.has(file));
  if (missed !== undefined)
    throw new Error(`A planted fault is never run: the simulation does not load ${missed.file}.`);
  return outfile;
};
