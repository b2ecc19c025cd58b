import type { CutoverBindings } from "../signals/bindings.ts";

const STREAM = { source: "", sink: "", group: "", topics: [], slot: "", publication: "", origin: "" };

/** Bindings to judge by where there is no load balancer and no stream: only alarms, hosts and routes that are named. */
export const standInCutover = (
  name: string,
  named: Pick<CutoverBindings, "alarms"> &
    Partial<Pick<CutoverBindings, "routes" | "loadBalancerArn" | "expectedHosts">>,
): CutoverBindings => ({
  apiVersion: "pawl/v1",
  name,
  routes: [],
  loadBalancerArn: "",
  expectedHosts: 1,
  streams: { forward: STREAM, reverse: STREAM },
  tables: [],
  otherWriters: [],
  ...named,
});
