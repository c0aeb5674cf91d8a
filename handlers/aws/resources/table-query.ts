import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Document, Fields } from '../../../core/resources/table.ts';
import type { CheckedQuery } from '../../../core/resources/table-checks.ts';
import { answer } from './answer.ts';
import { documentOf, type Item, numberOf } from './table-item.ts';

/** Ids have at most 255 bytes, so that none which begins with a prefix is as high as the prefix and this. */
const HIGHEST = '\u{10ffff}'.repeat(64);
/** Ids have no control characters, so that each id after one is at least as high as the one and this. */
const LOWEST = '\u0001';

/** The first documents of a partition, by the UTF-8 bytes of their ids; at most `limit`, and fewer only where there are no more. */
export async function found(
  dynamodb: DynamoDBClient,
  table: string,
  partition: string,
  { prefix, after, limit }: CheckedQuery,
): Promise<readonly Document<Fields>[]> {
  const next = after === undefined ? LOWEST : after + LOWEST;
  const from = Buffer.compare(Buffer.from(prefix), Buffer.from(next)) > 0 ? prefix : next;
  const to = prefix + HIGHEST;
  if (Buffer.compare(Buffer.from(from), Buffer.from(to)) > 0) return [];
  const documents: Document<Fields>[] = [];
  let start: Item | undefined;
  do {
    const now = Date.now();
    const page = await answer(
      'DynamoDB',
      dynamodb.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          Limit: limit - documents.length,
          KeyConditionExpression: '#partition = :partition AND #id BETWEEN :from AND :to',
          FilterExpression: 'attribute_not_exists(#expiresAt) OR #expiresAt > :now',
          ExpressionAttributeNames: { '#partition': 'partition', '#id': 'id', '#expiresAt': 'expiresAt' },
          ExpressionAttributeValues: {
            ':partition': { S: partition },
            ':from': { S: from },
            ':to': { S: to },
            ':now': numberOf(now),
          },
          ...(start !== undefined && { ExclusiveStartKey: start }),
        }),
      ),
    );
    documents.push(...(page.Items ?? []).flatMap((item) => documentOf(item, now) ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined && documents.length < limit);
  return documents;
}
