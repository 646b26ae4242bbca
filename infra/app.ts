import { App } from 'aws-cdk-lib/core';
import { GroupPacerStack } from './group-pacer-stack.ts';
import { readSettings } from './settings.ts';

const app = new App();
new GroupPacerStack(app, 'GroupPacer', readSettings(app.node.getAllContext()));
