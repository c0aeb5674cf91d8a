import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { bucketOn } from '../resources/bucket.ts';
import { queueOn } from '../resources/queue.ts';
import { secretOn } from '../resources/secret.ts';
import { tableOn } from '../resources/table.ts';
import type { Makers } from './room.ts';

// One export each, so that a function's bundle has the clients which it uses and no others.
export const bucket: Makers['bucket'] = (name) => bucketOn(new S3Client(), name);
export const queue: Makers['queue'] = (at) => queueOn(new SQSClient(), at);
export const table: Makers['table'] = (name) => tableOn(new DynamoDBClient(), name);
export const secret: Makers['secret'] = (id) => secretOn(new SecretsManagerClient(), id);
export const sfn: Makers['sfn'] = () => new SFNClient();
