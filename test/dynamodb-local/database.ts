import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createTable } from '../../local/database/table.ts';

/** Set by run.ts. */
export const ENDPOINT_VARIABLE = 'DYNAMODB_LOCAL_ENDPOINT';

export const REGION = 'us-east-1';

export function endpoint(): string {
  const found = process.env[ENDPOINT_VARIABLE];
  if (found === undefined) throw new Error('DynamoDB Local is not there: use npm run test:dynamodb-local');
  return found;
}

/**
 * A client whose table is there and empty. DynamoDB Local keeps a database for each access key, so each test file has one of its
 * own.
 * @param accessKeyId letters and digits
 * @param sockets how many requests are under way at once
 */
export async function openDatabase(accessKeyId: string, sockets: number): Promise<DynamoDBClient> {
  const client = new DynamoDBClient({
    endpoint: endpoint(),
    region: REGION,
    credentials: { accessKeyId, secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: sockets } }),
  });
  await createTable(client);
  return client;
}
