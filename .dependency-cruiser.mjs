const stages = ["signals", "snapshot", "policy", "decision", "actuation", "ledger"];

/** A stage may import the stages before it and the kernel; each rule's comment speaks to whoever broke it. */
const laterStages = stages.map((stage, index) => ({
  name: `stage-${stage}-looks-only-back`,
  comment: `src/${stage} is stage ${index + 1}: it may import earlier stages and src/kernel. If it needs something later, it should be given it as an argument.`,
  severity: "error",
  from: { path: `^src/${stage}/` },
  to: { path: "^src/", pathNot: `^src/(kernel|${stages.slice(0, index + 1).join("|")})/` },
}));

const sdks = ["@aws-sdk/", "kafkajs/", "pg/", "@middy/", "@aws-lambda-powertools/"];

export default {
  forbidden: [
    ...laterStages,
    {
      name: "kernel-imports-nothing",
      comment: "src/kernel is what everything rests on; it rests on nothing.",
      severity: "error",
      from: { path: "^src/kernel/" },
      to: { pathNot: "^src/kernel/" },
    },
    {
      name: "pure-stages-do-no-io",
      comment: "The stages decide; adapters do. A stage that imports node:* or an SDK can no longer be replayed.",
      severity: "error",
      from: { path: `^src/(${stages.join("|")}|kernel)/` },
      to: {
        dependencyTypes: ["core", "npm"],
        pathNot: "node_modules/(json-logic-js|ajv|ajv-formats|fast-uri|jsonc-parser)(/|$)",
      },
    },
    {
      name: "rehearsal-does-no-io",
      comment: "A rehearsal is computed; files, threads and terminals are the command line's.",
      severity: "error",
      from: { path: "^src/rehearsal/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "only-policy-knows-json-logic",
      comment:
        "json-logic-js calls silence healthy. Only src/policy may touch it, as the second of two keys; the bench compares with it.",
      severity: "error",
      from: { path: "^(src|functions|lab)/", pathNot: "^(src/policy|lab/bench)/" },
      to: { path: "node_modules/json-logic-js" },
    },
    {
      name: "guard-knows-only-stages-and-ports",
      comment: "The guard runs on fakes, on a virtual clock and in Lambda alike: no adapters, no SDKs, no node:*.",
      severity: "error",
      from: { path: "^src/guard/" },
      to: { pathNot: `^src/(kernel|guard|${stages.join("|")})/` },
    },
    {
      name: "adapters-keep-to-themselves",
      comment: "An adapter knows its ports and its own SDK, never another adapter.",
      severity: "error",
      from: { path: "^src/adapters/([^/]+)/" },
      to: { path: "^src/(adapters|cli|edge|wiring|rehearsal)", pathNot: "^src/adapters/$1/" },
    },
    {
      name: "adapters-only-through-wiring",
      comment:
        "Adapters are built in src/wiring*.ts and nowhere else, so that one place says what a function can reach.",
      severity: "error",
      from: { path: "^(src/(edge|cli)|functions)/" },
      to: { path: "^src/adapters/" },
    },
    {
      name: "product-never-imports-lab",
      comment: "The lab is a stand-in. Nothing that ships may know it is there.",
      severity: "error",
      from: { path: "^(src|functions)/" },
      to: { path: "^(lab|test)/" },
    },
    {
      name: "sdks-only-in-adapters",
      comment: "An SDK belongs to the adapter of its outside system.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(adapters|edge|wiring)" },
      to: { path: `node_modules/(${sdks.join("|")})` },
    },
    {
      name: "no-cycles",
      comment: "A cycle hides which room owns what.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    parser: "swc",
    enhancedResolveOptions: { extensions: [".ts", ".mjs", ".js", ".json"] },
  },
};
