import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const schemas = globSync("policies/schema/*.schema.json", { cwd: root }).sort();
const files = globSync("policies/**/*.json", { cwd: root })
  .filter((file) => !schemas.includes(file))
  .sort();

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

const read = (file: string): Schema => JSON.parse(readFileSync(join(root, file), "utf8"));

/** A schema and those it refers to or is made of: an editor shows the words of all of them. */
const withReferences = (schema: Schema, whole: Schema): readonly Schema[] => {
  const referred = schema.$ref === undefined ? [] : [definitionAt(schema.$ref, whole)];
  return [schema, ...[...referred, ...(schema.allOf ?? [])].flatMap((each) => withReferences(each, whole))];
};

const definitionAt = (reference: string, whole: Schema): Schema =>
  whole.definitions?.[reference.replace("#/definitions/", "")] ?? {};

interface Property {
  readonly at: string;
  readonly schema: Schema;
}

/** Every property that a schema offers, wherever it stands. */
const propertiesOf = (schema: Schema, at: string): readonly Property[] => {
  const named = Object.entries({ ...schema.properties }).map(([name, each]) => ({ at: `${at}/${name}`, schema: each }));
  const others = [schema.additionalProperties, schema.items].filter((each) => typeof each === "object");
  const inside = [
    ...named,
    ...others.map((each) => ({ at: `${at}/*`, schema: each })),
    ...Object.entries({ ...schema.definitions }).map(([name, each]) => ({ at: `${at}#${name}`, schema: each })),
    ...[...(schema.allOf ?? []), ...(schema.anyOf ?? [])].map((each) => ({ at, schema: each })),
  ];
  return [...named, ...inside.flatMap((each) => propertiesOf(each.schema, each.at))];
};

describe.each(schemas)("%s", (file) => {
  const whole = read(file);
  const properties = propertiesOf(whole, "");

  test("describes every property and shows an example of it", () => {
    const said = properties.map(({ at, schema }) => ({ at, words: withReferences(schema, whole) }));

    expect(properties.length).toBeGreaterThan(5);
    expect(said.filter(({ words }) => !words.some(({ description }) => description)).map(({ at }) => at)).toEqual([]);
    expect(said.filter(({ words }) => !words.some(({ examples }) => examples?.length)).map(({ at }) => at)).toEqual([]);
  });

  test("shows examples that it would accept", () => {
    const ajv = new Ajv({ strict: false }).addSchema(whole, "whole");
    const wrong = properties.flatMap(({ at, schema }) =>
      (schema.examples ?? [])
        .filter((example) => {
          const { description: _, examples: __, ...rules } = schema;
          return !ajv.validate({ ...rules, definitions: whole.definitions }, example);
        })
        .map((example) => `${at}: ${JSON.stringify(example)}`),
    );

    expect(wrong).toEqual([]);
  });
});

test.each(files)("%s names its schema by a path that editors find, and is what it says", (file) => {
  const content = read(file) as { readonly $schema?: string };
  const schema = relative(root, join(root, dirname(file), content.$schema ?? "none"));

  expect(existsSync(join(root, schema)), `${file} names ${content.$schema}`).toBe(true);
  const ajv = new Ajv({ strict: false });
  expect(ajv.validate(read(schema), content), JSON.stringify(ajv.errors)).toBe(true);
});
