import { actionsByRight, type CdcPlan, planCdc } from "../../cdc/plan.ts";
import type { PlanAction, Right } from "../../cdc/plan-types.ts";
import { readCdcFacts } from "../../cdc/read-facts.ts";
import type { CdcReach } from "../../wiring-cdc.ts";
import type { CommandResult } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { EXIT } from "../exit.ts";
import { unanswered } from "../failures.ts";

export interface CdcPlanDocument {
  readonly cutover: string;
  readonly alreadySeeded: boolean;
  readonly refusals: CdcPlan["refusals"];
  readonly notes: CdcPlan["notes"];
  readonly rights: Readonly<Record<Right, readonly PlanAction[]>>;
}

/** What `cdc apply` would do, by the right each statement needs; what speaks against it, by name. Changes nothing. */
export const cdcPlanCommand = async ({
  ports,
  bindings,
}: CliContext<CdcReach>): Promise<CommandResult<CdcPlanDocument>> => {
  const facts = await readCdcFacts(ports.ports, bindings, ports.addresses);
  if (!facts.ok) throw unanswered(`What CDC of ${bindings.name} rests on cannot be read.`, facts.failure);
  const plan = planCdc(bindings, facts.value);
  const { alreadySeeded, refusals, notes } = plan;
  const document = { cutover: bindings.name, alreadySeeded, refusals, notes, rights: actionsByRight(plan) };
  return {
    document,
    lines: planLines(document, plan),
    exitCode: refusals.length === 0 ? EXIT.done : EXIT.refused,
  };
};

const NEEDS: Readonly<Record<Right, string>> = {
  parameters: "parameters: the operator of the database, and a restart; pawl never does these",
  admin: "admin: roles and origins",
  owner: "owner of the tables",
  replication: "replication: proofs that have to be seen before the next phase begins",
  kafka: "Kafka",
  connect: "Kafka Connect",
};

const planLines = ({ cutover, rights, refusals, notes }: CdcPlanDocument, plan: CdcPlan): readonly string[] => [
  ...(Object.keys(NEEDS) as Right[]).flatMap((right) => {
    const actions = rights[right];
    return actions.length === 0 ? [] : [`-- ${NEEDS[right]}`, ...actions.flatMap(actionLines), ""];
  }),
  `-- in this order: ${plan.phases.map(({ name }) => name).join(", ")}`,
  ...notes.map(({ name, what }) => `-- note ${name}: ${what}`),
  ...refusals.flatMap(refusalLines),
  refusals.length === 0
    ? `-- nothing speaks against it: pawl cdc apply ${cutover}`
    : `-- ${refusals.length} ${refusals.length === 1 ? "thing speaks" : "things speak"} against it; nothing is applied until they are mended`,
];

const actionLines = (action: PlanAction): readonly string[] => {
  switch (action.kind) {
    case "sql":
      return [`-- ${action.side}: ${action.why}`, `${action.sql};`];
    case "password":
      return [`-- ${action.side}: ${action.why}`, `-- alter role ${action.role} password <${action.setting}>`];
    case "topics":
      return [`-- ${action.why}`, ...action.topics.map((topic) => `--   topic ${topic}`)];
    case "connector":
      return [`-- ${action.why}`, `--   PUT /connectors/${action.name}/config ${JSON.stringify(action.config)}`];
    case "proof":
      return [
        `--   ${"direction" in action.proof ? `${action.proof.direction} ` : ""}${action.proof.of}: ${action.why}`,
      ];
  }
};

export const refusalLines = ({ name, what, why, remedy, statements = [] }: CdcPlan["refusals"][number]) => [
  `refused  ${name}: ${what}`,
  `         why: ${why}`,
  `         do: ${remedy}`,
  ...statements.map(({ side, sql }) => `         on ${side}: ${sql};`),
];
