import { type Finding, finding } from "../problem.ts";
import type { Value } from "./points.ts";

/** Evidence on which gates pass and a rollback rule fires, or would with hardly more. */
export interface Clash {
  readonly kind: "both" | "no-gap";
  readonly values: string;
}

export const sayClash = ({ kind, values }: Clash, way: string, at: string): Finding =>
  kind === "both"
    ? finding(
        "promote-and-rollback",
        at,
        `with ${values} the gates of ${way} pass and this rule fires; draw the gates in`,
      )
    : finding(
        "no-hysteresis",
        at,
        `with ${values} the gates of ${way} pass, and with hardly more this rule fires; leave a gap`,
      );

/** "forward.lagSeconds 29.97, green.requests 30". */
export const sayValues = (values: readonly (readonly [string, Value | undefined])[]): string =>
  values
    .map(([path, value]) => `${path} ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`)
    .join(", ");
