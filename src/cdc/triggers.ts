import type { CutoverBindings, Side } from "../signals/bindings.ts";
import { quoteText, SINK_ROLE } from "./names.ts";
import { shared } from "./shared-functions.ts";
import { bound, named } from "./table-functions.ts";

export interface TriggerSource {
  readonly name: string;
  /** e.g. `before insert or update` */
  readonly event: string;
  /** From `for each …` to the function. */
  readonly action: string;
  /** `always`: fires for the sink's replica session too. An ordinary trigger is skipped there, so incoming versions stay. */
  readonly fires: "ordinary" | "always";
}

const BY_SINK = `when (current_user = ${quoteText(SINK_ROLE)})`;

/** Refuses a write of the sync role whose session has no origin: a missing tag becomes a failed task, never a loop. */
const guardTrigger = (cutover: CutoverBindings): TriggerSource => ({
  name: "pawl_guard",
  event: "before insert or update or delete or truncate",
  action: `for each statement ${BY_SINK} execute function ${shared(cutover, "pawl_guard")}()`,
  fires: "always",
});

export const applicationTableTriggers = (
  cutover: CutoverBindings,
  side: Side,
  table: CutoverBindings["tables"][number],
): readonly TriggerSource[] => {
  const of = bound(cutover, side, table);
  const row = (prefix: string, when = ""): string =>
    `for each row ${when}${when === "" ? "" : " "}execute function ${named(of, prefix)}()`;
  const rekeyed = `when (old.${of.key} is distinct from new.${of.key})`;
  return [
    { name: "pawl_app", event: "before insert or update", action: row("pawl_app"), fires: "ordinary" },
    { name: "pawl_bury", event: "after delete", action: row("pawl_bury"), fires: "ordinary" },
    { name: "pawl_bury_key", event: "after update", action: row("pawl_bury", rekeyed), fires: "ordinary" },
    {
      name: "pawl_no_truncate",
      event: "before truncate",
      action: `for each statement execute function ${shared(cutover, "pawl_no_truncate")}()`,
      fires: "ordinary",
    },
    { name: "pawl_sync", event: "before update", action: row("pawl_sync", BY_SINK), fires: "always" },
    { name: "pawl_unbury", event: "before insert", action: row("pawl_unbury", BY_SINK), fires: "always" },
    {
      name: "pawl_skip",
      event: "before delete",
      action: `for each row ${BY_SINK} execute function ${shared(cutover, "pawl_skip")}()`,
      fires: "always",
    },
    guardTrigger(cutover),
  ];
};

export const tombstoneTriggers = (cutover: CutoverBindings): readonly TriggerSource[] => [
  {
    name: "pawl_tombstone_keep",
    event: "before update",
    action: `for each row ${BY_SINK} execute function ${shared(cutover, "pawl_tombstone_keep")}()`,
    fires: "always",
  },
  {
    name: "pawl_tombstone_apply",
    event: "after insert or update",
    action: `for each row ${BY_SINK} execute function ${shared(cutover, "pawl_tombstone_apply")}()`,
    fires: "always",
  },
  guardTrigger(cutover),
];

export const tokenTriggers = (cutover: CutoverBindings): readonly TriggerSource[] => [guardTrigger(cutover)];
