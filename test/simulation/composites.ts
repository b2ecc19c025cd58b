import type { CutoverBindings } from "../../src/signals/bindings.ts";
import type { Dice } from "./world/dice.ts";

type AlarmBinding = CutoverBindings["alarms"][number];

/** An alarm over alarms: in ALARM while any of its children is, or all of them are. */
export interface Composite extends AlarmBinding {
  readonly of: "any" | "all";
  readonly children: readonly AlarmBinding[];
  /** It is listed in the place of its children, whose own actions are off. */
  readonly stands: "beside" | "instead";
}

/** One or two, over two or three of the cutover's alarms each. */
export const drawComposites = (dice: Dice, { alarms }: CutoverBindings): readonly Composite[] =>
  Array.from({ length: dice.between(1, 2) }, (_, index): Composite => {
    const from = dice.below(alarms.length - 1);
    const children = alarms.slice(from, from + dice.between(2, 3));
    return {
      arn: `${children[0]?.arn}-composite-${index}`,
      severity: dice.of(["degraded", "hard-down"]),
      of: dice.of(["any", "any", "all"]),
      children,
      stands: dice.of(["beside", "instead"]),
    };
  });

export const boundWith = (cutover: CutoverBindings, composites: readonly Composite[]): CutoverBindings => ({
  ...cutover,
  alarms: [
    ...cutover.alarms.filter(({ arn }) => !isReplaced(arn, composites)),
    ...composites.map(({ arn, severity }) => ({ arn, severity })),
  ],
});

export const isReplaced = (arn: string, composites: readonly Composite[]): boolean =>
  composites.some(({ stands, children }) => stands === "instead" && children.some((child) => child.arn === arn));

/** The alarms over metrics that there are, listed or not. */
export const metricAlarms = (
  { alarms }: CutoverBindings,
  composites: readonly Composite[],
): CutoverBindings["alarms"] => {
  const children = composites.flatMap((one) => one.children);
  const own = alarms.filter(({ arn }) => !composites.some((one) => one.arn === arn));
  return [
    ...own,
    ...children.filter(({ arn }, at) => !own.concat(children.slice(0, at)).some((one) => one.arn === arn)),
  ];
};
