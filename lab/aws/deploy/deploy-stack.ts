import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { type CreatedResource, LAB_ACCOUNT_ID, LAB_REGION, type ResourceProvider } from "../contracts.ts";
import type { PackageSource } from "../lambda/lambda.ts";
import { dependencyOrder } from "./dependency-order.ts";
import { NO_VALUE, resolve, type Scope } from "./intrinsics.ts";
import { parameterValues } from "./parameters.ts";
import { readTemplate, type Template, type TemplateResource } from "./template.ts";

export interface StackRequest {
  /** `.serverless/cloudformation-template-update-stack.json`. */
  readonly templatePath: string;
  /** Where the zips that the template's functions name lie. */
  readonly artifactDir: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly stackName: string;
}

export interface DeployedStack {
  readonly stackName: string;
  readonly resources: ReadonlyMap<string, CreatedResource & { readonly type: string }>;
  /** The template's outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Who makes resources for a stack. */
export interface DeployTarget {
  providers(packages: PackageSource): readonly ResourceProvider[];
}

/**
 * Makes everything the template describes, in dependency order.
 *
 * Whatever the lab does not know (a section, a function, a resource type, a property) is refused by name. Unknown types
 * are found before anything is made; for the rest a refusal leaves what was made before it, and the lab has to go.
 *
 * @throws {Error} one sentence that names what was refused.
 */
export const deployStack = async (target: DeployTarget, request: StackRequest): Promise<DeployedStack> => {
  const template = readTemplate(request.templatePath);
  const stack = new Stack(template, request);
  const wanted = Object.fromEntries(Object.entries(template.resources).filter(([, each]) => stack.includes(each)));
  const providers = providersByType(target.providers(packagesIn(request.artifactDir)));
  const unknown = Object.entries(wanted).find(([, { type }]) => !providers.has(type));
  if (unknown !== undefined)
    throw new Error(`the lab does not know the resource type ${unknown[1].type} (${unknown[0]})`);
  for (const logicalId of dependencyOrder(wanted)) {
    const { type, properties } = wanted[logicalId] as TemplateResource;
    const resolved = resolve(properties, stack.scope) as Readonly<Record<string, JsonValue>>;
    const created = await (providers.get(type) as ResourceProvider).create(logicalId, type, resolved);
    stack.resources.set(logicalId, { ...created, type });
  }
  return { stackName: request.stackName, resources: stack.resources, outputs: stack.outputs() };
};

class Stack {
  readonly resources = new Map<string, CreatedResource & { readonly type: string }>();
  readonly scope: Scope;
  readonly #template: Template;

  constructor(template: Template, request: StackRequest) {
    this.#template = template;
    const values: Readonly<Record<string, JsonValue | typeof NO_VALUE>> = {
      ...parameterValues(template.parameters, request.parameters),
      ...pseudoParameters(request.stackName),
    };
    this.scope = {
      ref: (name) => (Object.hasOwn(values, name) ? (values[name] as JsonValue) : this.#created(name).ref),
      attribute: (logicalId, attribute) => {
        const value = this.#created(logicalId).attributes[attribute];
        if (value === undefined) throw new Error(`the lab does not know the attribute ${attribute} of ${logicalId}`);
        return value;
      },
      condition: (name) => this.#condition(name),
    };
  }

  includes({ condition }: TemplateResource): boolean {
    return condition === null || this.#condition(condition);
  }

  outputs(): Readonly<Record<string, string>> {
    const included = Object.entries(this.#template.outputs).filter(
      ([, { Condition: condition }]) => typeof condition !== "string" || this.#condition(condition),
    );
    return Object.fromEntries(included.map(([name, { Value = null }]) => [name, String(resolve(Value, this.scope))]));
  }

  #condition(name: string): boolean {
    const expression = this.#template.conditions[name];
    if (expression === undefined) throw new Error(`the template has no condition ${name}`);
    return resolve(expression, this.scope) === true;
  }

  #created(logicalId: string): CreatedResource {
    const created = this.resources.get(logicalId);
    if (created === undefined) throw new Error(`the template refers to ${logicalId}, which it does not make`);
    return created;
  }
}

const pseudoParameters = (stackName: string): Readonly<Record<string, JsonValue | typeof NO_VALUE>> => ({
  "AWS::AccountId": LAB_ACCOUNT_ID,
  "AWS::Region": LAB_REGION,
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::StackName": stackName,
  "AWS::StackId": `arn:aws:cloudformation:${LAB_REGION}:${LAB_ACCOUNT_ID}:stack/${stackName}/lab`,
  "AWS::NoValue": NO_VALUE,
});

const providersByType = (providers: readonly ResourceProvider[]): ReadonlyMap<string, ResourceProvider> =>
  new Map(providers.flatMap((provider) => provider.types.map((type) => [type, provider] as const)));

/** The template's keys end in the name of the zip that was built for the function. */
const packagesIn =
  (directory: string): PackageSource =>
  (key) => {
    const file = join(directory, basename(key));
    if (!existsSync(file)) throw new Error(`there is no package ${file}; run npm run package first`);
    return readFileSync(file);
  };
