import type { Scene } from "./context.ts";

/** Everything that `doctor`, `arm` and a rehearsal look at and write, and what closes it. Loaded when it is asked for. */
export const armingContext = async (scene: Scene) => {
  const { armingPorts, cdcReach } = await import("../wiring-cli.ts");
  const { checkCdc } = await import("../cdc/check-running.ts");
  const { env, now } = scene.target;
  // Two: the guard reads the streams while they are being checked, and each reader closes what it opened.
  const [streams, checked] = [cdcReach(env, now), cdcReach(env, now)];
  const ports = {
    ...armingPorts(env, now),
    streams: streams.streams,
    checkCdc: (cutover: Scene["bindings"]) =>
      checkCdc(checked.ports, checked.streams, checked.drain, cutover, checked.addresses),
  };
  const close = async () => {
    await Promise.all([streams.close(), checked.close()]);
  };
  return { context: { ...scene, ports }, close };
};
