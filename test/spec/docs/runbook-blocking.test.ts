import { globSync } from "node:fs";
import { expect, it } from "vitest";
import { fileText, ROOT } from "../../support/said-commands.ts";

const [, entry = ""] = /^## It holds and does not go on\n([\s\S]*?)^## /m.exec(fileText("docs/runbook.md")) ?? [];
const rows = [...entry.matchAll(/^\| (.*?) \| /gm)].flatMap(([, names = ""]) =>
  [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
);

const sources = globSync(["src/decision/*.ts", "src/guard/*.ts", "src/cli/blocking-now.ts"], { cwd: ROOT }).map(
  fileText,
);

it("the runbook has a row for whatever `pawl status` may show as blocking", () => {
  // A name that has a blank in it is somebody else's deed, told of a rollback.
  const named = sources.flatMap((text) => [...text.matchAll(/\bwhat: "([^" ]+)"/g)].map(([, what = ""]) => what));
  const families = sources.flatMap((text) =>
    [...text.matchAll(/\bwhat: `(\w+:)\$\{/g)].map(([, what = ""]) => `${what}…`),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(new Set(families)).toEqual(new Set(["act:…", "gate:…", "drift:…"]));
  expect([...named, ...families].filter((what) => !rows.some((row) => row.startsWith(what)))).toEqual([]);
});

it.each(["policy", "drill"])("and for every gate of orders/%s.json", (name) => {
  const { gates } = JSON.parse(fileText(`policies/orders/${name}.json`)) as { readonly gates: object };
  expect(Object.keys(gates).length).toBeGreaterThan(5);
  expect(Object.keys(gates).filter((gate) => !rows.includes(`gate:${gate}`))).toEqual([]);
});

it("and names no rollback rule or gate that the committed policies do not have", () => {
  const { gates, rollback } = JSON.parse(fileText("policies/orders/policy.json")) as {
    readonly gates: object;
    readonly rollback: readonly { readonly id: string }[];
  };
  const known = Object.keys(gates).map((gate) => `gate:${gate}`);
  const wrong = rows.filter((row) => /^gate:[a-z]/.test(row) && !known.includes(row));
  expect(wrong).toEqual([]);
  const rule = /the rollback rule `([\w-]+)`/.exec(entry)?.[1];
  expect(rollback.map(({ id }) => id)).toContain(rule);
});
