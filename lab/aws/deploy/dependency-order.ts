import { references } from "./intrinsics.ts";
import type { TemplateResource } from "./template.ts";

/**
 * The order in which resources can be made: each after everything it refers to, else as the template lists them.
 * @throws where resources wait for each other, naming the circle, or where DependsOn names nothing.
 */
export const dependencyOrder = (resources: Readonly<Record<string, TemplateResource>>): readonly string[] => {
  const ordered: string[] = [];
  const visit = (id: string, waiting: readonly string[]): void => {
    if (ordered.includes(id)) return;
    if (waiting.includes(id)) throw new Error(`these resources wait for each other: ${[...waiting, id].join(" → ")}`);
    for (const needed of needs(id, resources)) visit(needed, [...waiting, id]);
    ordered.push(id);
  };
  for (const id of Object.keys(resources)) visit(id, []);
  return ordered;
};

const needs = (id: string, resources: Readonly<Record<string, TemplateResource>>): readonly string[] => {
  const { properties, dependsOn } = resources[id] as TemplateResource;
  const nowhere = dependsOn.find((each) => !Object.hasOwn(resources, each));
  if (nowhere !== undefined) throw new Error(`${id} depends on ${nowhere}, which the template does not hold`);
  return [...dependsOn, ...[...references(properties)].filter((each) => Object.hasOwn(resources, each))];
};
