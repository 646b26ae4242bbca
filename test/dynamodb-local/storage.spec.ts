import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { DynamoDbTable } from '../../lambda/storage/dynamodb-table.ts';
import { TABLE_NAME } from '../../local/database/table.ts';
import { describeEnded } from '../storage/ended-suite.ts';
import { describeIndexes } from '../storage/index-suite.ts';
import { describeNumbers } from '../storage/numbers-suite.ts';
import { describeQueue } from '../storage/queue-suite.ts';
import { describeRecovery } from '../storage/recovery-suite.ts';
import { describeTable } from '../storage/table-suite.ts';
import { openDatabase } from './database.ts';

const ALIVE = { deadlineMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
const SOCKETS = 50;

let client: DynamoDBClient;

beforeAll(async () => {
  client = await openDatabase('storage', SOCKETS);
});

afterAll(() => client.destroy());

const open = async () => new DynamoDbTable(client, TABLE_NAME, ALIVE, Date.now);

describeTable('DynamoDB Local', open);
describeIndexes('DynamoDB Local', open);
describeQueue('DynamoDB Local', open);
describeRecovery('DynamoDB Local', open);
describeEnded('DynamoDB Local', open);
describeNumbers('DynamoDB Local', open);
