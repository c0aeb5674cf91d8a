export type { Log } from '../../core/log.ts';
export { FolderInUse } from './lock.ts';
export { logToStderr } from './log.ts';
export { openRoom, type Room, type RoomOptions } from './room.ts';
export { removeSecret, secretText, setSecret, variableOf } from './secret.ts';
export { type Served, type ServeOptions, serve } from './server.ts';
