import { hasPlainRoute } from "../../src/signals/routes.ts";
import type { Lab } from "../lab.ts";
import type { Narrator } from "./narrator.ts";
import { mustSucceed, type Pawl } from "./pawl.ts";

/**
 * What both stories begin with: CDC set up under load, everything looked at, armed with the drill policy. Every act is
 * an operator's command, printed as it is typed.
 * @throws {Error} a command failed, or a request of the users did while CDC was set up.
 */
export const prepare = async (lab: Lab, pawl: Pawl, narrator: Narrator): Promise<void> => {
  const typed = async (args: readonly string[], show: (line: string) => boolean): Promise<void> => {
    narrator.tell(`$ pawl ${args.join(" ")}`);
    await mustSucceed(
      pawl(args, (line) => {
        if (show(line)) narrator.tell(`    ${line}`);
      }),
      `pawl ${args.join(" ")}`,
    );
  };
  const { name } = lab.bindings;
  const all = (line: string): boolean => line.trim() !== "";
  await narrator.phase("CDC both ways, under load", 60, () => typed(["cdc", "apply", name], all));
  const stats = await lab.load.stats();
  if (stats.unknown > 0) throw new Error(`${stats.unknown} requests failed while CDC was set up; none may`);
  narrator.tell(
    `the shop noticed nothing: ${stats.requestsPerSecond} requests/s, ${stats.writesPerSecond} writes/s, none failed`,
  );
  await narrator.phase("doctor and arm", 30, async () => {
    // Where no route has a pin, both ask for somebody's word on what that gives up.
    const plain = hasPlainRoute(lab.bindings);
    const accepted = plain ? ["--without-pin", "--accept-late-landing"] : [];
    await typed(["doctor", name, "--policy", "drill", ...(plain ? ["--without-pin"] : [])], all);
    await typed(["arm", name, "--policy", "drill", ...accepted], all);
  });
};
