import type { FanPoint } from "../quantiles.ts";
import { box, label, line, picture, px } from "./markup.ts";

const SIZE = { width: 960, height: 340 };
const FRAME = { left: 52, right: 930, top: 34, bottom: 300 };

/** Hours between the labels of the time axis: at most a dozen of them. */
const hoursApart = (hours: number): number =>
  [0.25, 0.5, 1, 2, 3, 4, 6, 12, 24, 48, 72].find((step) => hours / step <= 12) ?? 168;

type At = (value: number) => number;

/** Weights only ever jump: from one point to the next they stay as they were. */
const steps = (points: readonly FanPoint[], of: (point: FanPoint) => number, x: At, y: At): readonly string[] =>
  points.flatMap((point, index) => {
    const here = `${px(x(point.minute))},${px(y(of(point)))}`;
    const before = points[index - 1];
    return before === undefined ? [here] : [`${px(x(point.minute))},${px(y(of(before)))}`, here];
  });

/** Green's share over time: the median run, and the bands in which most and nearly all runs are. */
export const weightsFan = (points: readonly FanPoint[]): string => {
  const last = points.at(-1);
  const end = Math.max(1, last?.minute ?? 0);
  const x: At = (minute) => FRAME.left + ((FRAME.right - FRAME.left) * minute) / end;
  const y: At = (percent) => FRAME.bottom - ((FRAME.bottom - FRAME.top) * percent) / 100;
  const band = (kind: string, low: (point: FanPoint) => number, high: (point: FanPoint) => number) =>
    `<polygon class="${kind}" points="${[...steps(points, high, x, y), ...steps(points, low, x, y).toReversed()].join(" ")}"/>`;
  const median = `<polyline class="median" points="${steps(points, ({ p50 }) => p50, x, y).join(" ")}"/>`;
  return picture(
    "weights",
    SIZE,
    {
      title: "Green's share of traffic over time",
      description: `Percent of all requests by hours since arming. In the end the median run has ${last?.p50 ?? 0} %, four in five runs have between ${last?.p10 ?? 0} and ${last?.p90 ?? 0} %.`,
    },
    [
      legend(),
      ...timeAxis(end, x),
      band(
        "wide-band",
        ({ p1 }) => p1,
        ({ p99 }) => p99,
      ),
      band(
        "narrow-band",
        ({ p10 }) => p10,
        ({ p90 }) => p90,
      ),
      ...[0, 25, 50, 75, 100].flatMap((percent) => [
        line("axis", [FRAME.left, y(percent)], [FRAME.right, y(percent)]),
        label(FRAME.left - 8, y(percent) + 4, `${percent} %`, "end"),
      ]),
      median,
    ].join(""),
  );
};

const timeAxis = (end: number, x: At): readonly string[] => {
  const apart = hoursApart(end / 60) * 60;
  const marks = Array.from({ length: Math.floor(end / apart) + 1 }, (_, index) => index * apart);
  return marks.flatMap((minute) => [
    line("axis", [x(minute), FRAME.bottom], [x(minute), FRAME.bottom + 5]),
    label(x(minute), FRAME.bottom + 20, `${minute / 60} h`, "middle"),
  ]);
};

const legend = (): string =>
  [
    line("mark", [FRAME.left, 14], [FRAME.left + 24, 14]),
    label(FRAME.left + 30, 18, "median run"),
    box("narrow-band", FRAME.left + 130, 7, 24, 14, "10 to 90 %"),
    label(FRAME.left + 160, 18, "10 to 90 % of runs"),
    box("wide-band", FRAME.left + 310, 7, 24, 14, "1 to 99 %"),
    label(FRAME.left + 340, 18, "1 to 99 % of runs"),
  ].join("");
