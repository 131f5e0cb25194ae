export { playOnSockets, type SocketReport } from "./play-on-sockets.ts";
export { type ChaosReport, playSchedule } from "./play-schedule.ts";
