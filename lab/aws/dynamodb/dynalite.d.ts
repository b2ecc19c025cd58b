declare module "dynalite" {
  import type { Server } from "node:http";

  interface DynaliteOptions {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }

  // The package is CommonJS and exports this one function.
  const dynalite: (options?: DynaliteOptions) => Server;
  // biome-ignore lint/style/noDefaultExport: how a CommonJS export looks from an ES module
  export default dynalite;
}
