import { describe, expect, it } from "vitest";
import { chooseTarget } from "../../../src/cli/target.ts";
import { connection } from "../../../src/wiring-connection.ts";

/** An operator's laptop may know its Region by either name; the SDK itself knows only the first. */
describe.each([
  [{ AWS_REGION: "eu-central-1" }, "eu-central-1"],
  [{ AWS_DEFAULT_REGION: "eu-west-1" }, "eu-west-1"],
  [{ AWS_REGION: "", AWS_DEFAULT_REGION: "eu-west-1" }, "eu-west-1"],
  [{ AWS_REGION: "eu-central-1", AWS_DEFAULT_REGION: "eu-west-1" }, "eu-central-1"],
])("with %j", (env, region) => {
  it("a command calls the Region that it says it acts on", () => {
    expect(chooseTarget({ aws: true }, env).place.region).toBe(region);
    expect(connection(env)).toMatchObject({ region });
  });
});

it("without a Region the SDK finds its own, as in a function", () => {
  expect(connection({})).not.toHaveProperty("region");
});
