import type { CutoverState } from "../../../src/decision/state.ts";
import type { DrillReport } from "../../../src/guard/drill-walk.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import type { WorldEvent } from "./events.ts";

const sayState = ({ version, epoch, phase, weightPercent, intent, latch, settled, wayBack, ...more }: CutoverState) =>
  [
    `v${version} e${epoch} ${phase} ${weightPercent} %`,
    ...(intent === undefined ? [] : [`intent ${intent.kind} ${intent.to}`]),
    ...(latch === undefined ? [] : [`latch ${latch.mode} by ${latch.cause.kind}, expected ${latch.expected.label}`]),
    ...(latch?.verifiedAt === undefined ? [] : ["verified"]),
    ...(settled === undefined ? [] : [`settled ${settled.label}`]),
    ...(wayBack === "open" ? [] : [wayBack]),
    ...(more.rollbackDrill === undefined ? [] : [`rehearsed by ${more.rollbackDrill.by}`]),
    ...more.blocking.map(({ what, value }) => `${what}: ${value.slice(0, 60)}`),
  ].join(" · ");

const sayReport = (report: DrillReport): string => {
  switch (report.kind) {
    case "refused":
      return `refused: ${report.refusals.join("; ")}`;
    case "unannounced":
      return `unannounced: ${report.why}`;
    case "passed":
      return `passed by ${report.via}, e${report.state.epoch}`;
    case "broken":
      return `broken at ${report.link}, ${report.standing}: ${report.why}`;
  }
};

const say = (event: WorldEvent): string | null => {
  switch (event.kind) {
    case "minute":
    case "ended":
      return null;
    case "stored":
      return `${event.run?.kind} stored ${sayState(event.after)}`;
    case "told":
      return `${event.notification.urgency}: ${event.notification.subject}. ${event.notification.body.slice(0, 120)}`;
    case "sent":
      return `${event.run.kind} asked for ${event.what} ${event.greenPercent ?? ""} on route ${event.route}`;
    case "changed": {
      const { what, route, effective, weighted } = event;
      const shares = `green ${effective.from} → ${effective.to}, weighted rule ${weighted.from} → ${weighted.to}`;
      return `${event.run?.kind ?? "somebody"} changed ${what} of route ${route}: ${shares}`;
    }
    case "alarm-set":
      return `${event.run.kind} set ${event.arn} to ${event.to}${event.rang ? ", which rang by itself" : ""}`;
    case "rehearsed":
      return `a rehearsal with ${event.arn} said ${sayReport(event.report)}`;
    case "act":
      return `act ${event.action}`;
    case "threw":
      return `${event.run.kind} threw ${event.error instanceof Error ? event.error.stack : String(event.error)}`;
  }
};

/** A watcher that says everything, with the minute of the run in front. */
export const tracer =
  (tell: (line: string) => void, start: number) =>
  (event: WorldEvent): void => {
    const line = say(event);
    if (line !== null) tell(`${((event.at - start) / MINUTE_MS).toFixed(2)} ${line}`);
  };
