import type { Scene } from "./context.ts";

/** What only looks: `status`, `explain`, `restore`, the ledger, what is armed. Its ports are loaded when it is asked for. */
export const lookingContext = async (scene: Scene) => {
  const { lookingPorts } = await import("../wiring-cli.ts");
  return { ...scene, ports: lookingPorts(scene.target.env, scene.target.now) };
};
