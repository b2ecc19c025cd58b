import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { locateHandler, unpack } from "../../aws/lambda/deployment-package.ts";
import { packageOnce } from "../../package-once.ts";
import type { ProcessOwner } from "../../process/process-owner.ts";

/** Files to import, and to call `handler` of. */
export interface Bundles {
  readonly rollback: string;
  readonly bare: string;
}

/** The packaged rollback, and the bare handler bundled as serverless.yml bundles. */
export const bundlesIn = async (dir: string, owner: ProcessOwner): Promise<Bundles> => {
  const { artifactDir } = await packageOnce(owner);
  const unpacked = join(dir, "rollback");
  mkdirSync(unpacked);
  unpack(readFileSync(join(artifactDir, "rollback.zip")), unpacked);
  await build({
    entryPoints: [join(import.meta.dirname, "baseline.ts")],
    outdir: join(dir, "bare"),
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    outExtension: { ".js": ".mjs" },
    banner: {
      js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
    },
  });
  return {
    rollback: locateHandler(unpacked, "functions/rollback.handler").file,
    bare: join(dir, "bare", "baseline.mjs"),
  };
};
