import { describe, expect, it } from "vitest";
import { armCommand } from "../../../src/cli/commands/arm.ts";
import { explainCommand } from "../../../src/cli/commands/explain.ts";
import { requestCommand } from "../../../src/cli/commands/request.ts";
import { restoreCommand } from "../../../src/cli/commands/restore.ts";
import { statusCommand } from "../../../src/cli/commands/status.ts";
import { failureOf } from "../../../src/kernel/outside-failure.ts";
import { deskBefore, type FakeDesk, failed } from "../../support/cli.ts";
import { DRILL, fakeWorld } from "../../support/fake-world.ts";

const thrown = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error("The security token included in the request is expired"), {
    name,
    ...(httpStatusCode === undefined ? {} : { $metadata: { httpStatusCode } }),
  });

/** An operator whom the table answers with this. */
const deskOf = async (error: Error): Promise<FakeDesk["context"]> => {
  const world = fakeWorld();
  await world.arm();
  const { context } = deskBefore(world);
  const read = async () => failureOf(error, "GetItem cutover#orders state");
  return { ...context, ports: { ...context.ports, state: { ...context.ports.state, read } } };
};

const COMMANDS: readonly (readonly [string, (context: FakeDesk["context"]) => Promise<unknown>])[] = [
  ["status", statusCommand],
  ["explain", explainCommand],
  ["pause", (context) => requestCommand(context, "pause", "to look")],
  ["arm", (context) => armCommand(context, { policy: DRILL, again: false, rehearsal: true })],
];

describe.each([
  ["an expired token", thrown("ExpiredTokenException", 400)],
  ["no credentials at all", thrown("CredentialsProviderError")],
  ["a session that has to be begun again", thrown("TokenProviderError")],
  ["a key that nobody knows", thrown("UnrecognizedClientException", 400)],
])("an operator with %s", (_what, error) => {
  it.each(COMMANDS)("is told by %s to sign in, and not that pawl cannot be reached", async (_verb, command) => {
    const { exitCode, next } = await failed(command(await deskOf(error)));
    expect(exitCode).toBe(3);
    expect(next).toMatch(/^Sign in again/);
    expect(next).not.toContain("Nothing advances");
  });

  it("is told by restore to sign in, and not to wait, where no rollback is left to be recommended", async () => {
    const context = await deskOf(error);
    const gone = { ...context.ports.rules, readListener: async () => failureOf(error, "DescribeRules") };
    const { next } = await failed(restoreCommand({ ...context, ports: { ...context.ports, rules: gone } }));
    expect(next).toMatch(/^Sign in again/);
  });
});

it("an operator without the right is told which to get, and nothing of the guard", async () => {
  const context = await deskOf(thrown("AccessDeniedException", 400));
  const { next } = await failed(statusCommand(context));
  expect(next).toContain("Give the role you act as the right");
  expect(next).not.toContain("Nothing advances");
});

describe("an operator whose table is not there, by its name", () => {
  it.each(COMMANDS)(
    "is told by %s to check the name, and neither to wait nor that pawl cannot read it",
    async (_verb, command) => {
      const { exitCode, next } = await failed(command(await deskOf(thrown("ResourceNotFoundException", 400))));
      expect(exitCode).toBe(3);
      expect(next).toMatch(/^Check that the names and ARNs/);
      expect(next).not.toMatch(/Nothing advances|once the table answers|Run it again/);
    },
  );
});
