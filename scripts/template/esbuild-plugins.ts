import { basename, join } from "node:path";
import type { Plugin } from "esbuild";
import { readCutovers } from "./read-cutovers.ts";

/**
 * Makes `import { cutovers } from "pawl:cutovers"` the bindings of every cutover, as they are when it is packaged:
 * a rollback that can reach nothing but the load balancer still knows the rules it has to write.
 */
const cutoversPlugin: Plugin = {
  name: "pawl-cutovers",
  setup: (build) => {
    build.onResolve({ filter: /^pawl:cutovers$/ }, () => ({ path: "cutovers", namespace: "pawl" }));
    build.onLoad({ filter: /.*/, namespace: "pawl" }, () => ({
      contents: `export const cutovers = ${JSON.stringify(readCutovers(join(import.meta.dirname, "../..")))};`,
      loader: "js",
    }));
  },
};

/**
 * Names the pieces of a function after it, `rollback.<hash>.mjs`: by that beginning serverless-esbuild knows to whom they
 * belong, and keeps them out of everybody else's package.
 */
const piecesPlugin: Plugin = {
  name: "pawl-pieces",
  setup: ({ initialOptions }) => {
    const [entry] = Array.isArray(initialOptions.entryPoints) ? initialOptions.entryPoints : [];
    if (typeof entry !== "string") throw new Error("one function is bundled at a time");
    initialOptions.chunkNames = `${basename(entry, ".ts")}.[hash]`;
  },
};

const plugins = [cutoversPlugin, piecesPlugin];

// serverless-esbuild loads this file by `require` and wants the list itself.
export { plugins as "module.exports" };
