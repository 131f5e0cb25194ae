import type { ChaosGround } from "./chaos-ground.ts";
import { type ChaosReport, playSchedule } from "./play-schedule.ts";
import { type SocketDriver, socketGround } from "./socket-ground.ts";

/** A third of a worker's session there, in milliseconds: after a longer stop it may have lost its work without the schedule knowing. */
const longestStallMs = 400;
const mostPlays = 3;

/** What schedules on sockets have done, and how many had to be played again. */
export interface SocketReport extends ChaosReport {
  readonly disturbed: number;
}

/**
 * Plays a schedule on an embedded broker with sockets. One that fails while this machine stood still now and then proves nothing, and is played again.
 * @throws Error as `playSchedule` does
 */
export async function playOnSockets(driver: SocketDriver, seed: number): Promise<SocketReport> {
  for (let disturbed = 0; ; disturbed++) {
    let ground: ChaosGround | undefined;
    try {
      const report = await playSchedule(seed, {
        async ground(random) {
          ground = await socketGround(driver, random);
          return ground;
        },
      });
      return { ...report, disturbed };
    } catch (error) {
      if (disturbed + 1 === mostPlays || ground === undefined || ground.longestStallMs < longestStallMs) throw error;
    } finally {
      await ground?.close();
    }
  }
}
