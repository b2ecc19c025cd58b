import type { DesiredRules } from "../actuation/drift.ts";
import type { CutoverState } from "../decision/state.ts";

/** The rules that this state asks for. */
export const desiredRules = (state: CutoverState): DesiredRules => ({
  ...desiredWeights(state),
  ...(state.shapesAtArm === undefined ? {} : { shapes: state.shapesAtArm }),
});

const desiredWeights = (state: CutoverState): DesiredRules => {
  const { intent } = state;
  if (state.latch?.mode === "snapped" && state.wayBack === "open") return { greenPercent: 0, pin: ["raised", "none"] };
  if (state.wayBack !== "open") return { greenPercent: state.weightPercent, pin: ["parked", "gone", "none"] };
  if (intent?.kind === "lowerPin") return { greenPercent: 0, pin: ["parked", "raised", "none"] };
  return {
    greenPercent: state.weightPercent,
    ...(intent === undefined ? {} : { alsoGreenPercent: intent.to }),
    pin: ["parked", "none"],
  };
};
