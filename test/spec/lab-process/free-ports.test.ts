import { describe, expect, it } from "vitest";
import { freePorts } from "../../../lab/process/free-ports.ts";

describe("free ports", () => {
  it("are given once, whoever asks at the same time", async () => {
    const asked = await Promise.all(Array.from({ length: 24 }, () => freePorts(6)));
    const ports = asked.flat();
    expect(ports).toHaveLength(144);
    expect(new Set(ports).size).toBe(144);
  });
});
