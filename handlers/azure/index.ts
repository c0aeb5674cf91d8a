export { type Stored, storedResources } from './functions/environment.ts';
export { makers } from './functions/makers.ts';
export { type AzureParts, azure } from './functions/register.ts';
export type { Makers, QueuePlace } from './functions/room.ts';
export { toRequest } from './http/request.ts';
export { toResult } from './http/result.ts';
export { type ClientKind, type Role, type RoleGrant, rolesByMethod, rolesFor } from './resources/actions.ts';
