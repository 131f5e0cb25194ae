export { countResources, type HeldResources } from "./count-resources.ts";
export { embeddedGround } from "./embedded-ground.ts";
export type { Drive, FaultGround } from "./fault-ground.ts";
export { HandledLog } from "./handled-log.ts";
export { memoryGround } from "./memory-ground.ts";
export { type ProxiedCluster, startProxiedCluster } from "./proxied-cluster.ts";
export { type MemberKind, rollingUpgrade, type UpgradeReport } from "./rolling-upgrade.ts";
export { runSchedule, type ScheduleReport } from "./run-schedule.ts";
export { type SocketDriver, socketDrivers } from "./socket-drivers.ts";
