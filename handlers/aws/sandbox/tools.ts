import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where `npm run tools:aws` puts the emulators. */
export const TOOL = new URL('../../../tools/aws/', import.meta.url);
const JAVA = process.env.JAVA ?? 'java';

export const hasFauxqs = existsSync(new URL('node_modules/fauxqs', TOOL));
export const FAUXQS_WANTED = 'npm run tools:aws';

export const DYNAMODB = new URL('node_modules/amplify-dynamodb-simulator/emulator/', TOOL);
export const hasDynamoDb =
  existsSync(new URL('DynamoDBLocal.jar', DYNAMODB)) && spawnSync(JAVA, ['-version']).status === 0;
export const DYNAMODB_WANTED = 'npm run tools:aws, and Java 17: apt-get install openjdk-17-jre-headless';
export { JAVA };
