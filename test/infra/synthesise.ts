import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { PROJECT_ROOT } from '../../infra/bundling.ts';
import { GroupPacerStack } from '../../infra/group-pacer-stack.ts';
import { readSettings } from '../../infra/settings.ts';

const cdkJson = JSON.parse(readFileSync(join(PROJECT_ROOT, 'cdk.json'), 'utf8'));

/** The stack as cdk.json configures it, with these settings; nothing is bundled. */
export function synthesise(settings: Record<string, unknown> = {}): Template {
  const app = new App({ context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [], ...settings } });
  return Template.fromStack(new GroupPacerStack(app, 'GroupPacer', readSettings(app.node.getAllContext())));
}

/** The one resource of its type, or the one of them whose properties are like these. */
export function only(of: Template, type: string, properties: object = {}) {
  const found = Object.entries(of.findResources(type, { Properties: Match.objectLike(properties) }));
  const [entry, ...others] = found;
  if (entry === undefined || others.length > 0) throw new Error(`not exactly one ${type}`);
  return { id: entry[0], properties: entry[1]['Properties'] };
}
