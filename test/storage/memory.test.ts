import { MemoryTable } from '../model/memory-table.ts';
import { describeTable } from './table-suite.ts';

describeTable('the model in memory', async () => new MemoryTable());
