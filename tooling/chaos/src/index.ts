export { groupLags } from "./apache/group-lags.ts";
export { type ApacheOptions, type ApacheReport, playOnApache } from "./apache/play-on-apache.ts";
export { deadlySteps } from "./apache/worker-orders.ts";
export { playOnSockets, type SocketReport } from "./play-on-sockets.ts";
export { type ChaosReport, type PlayOptions, playSchedule } from "./play-schedule.ts";
