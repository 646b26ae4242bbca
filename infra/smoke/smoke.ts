import { SettingsError } from '../../lambda/errors.ts';
import { tableOf, verdictOf } from './report.ts';
import { STEPS } from './steps.ts';
import { walk } from './walk.ts';

const USAGE = `Usage: API_KEY=… npm run smoke -- <url>

  <url>    the output "Url" of the stack, such as https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com
  API_KEY  a caller's key; without it only what a stranger may see is tried

It creates no group and writes nothing.`;

/** What a key can be (lambda/credentials/parse-caller-keys.ts). */
const KEY = /^[!-~]{8,256}$/;
const LOOPBACK = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/;

const apiKey = process.env['API_KEY'] || undefined;

try {
  if (apiKey !== undefined && !KEY.test(apiKey))
    throw new SettingsError('API_KEY must be 8 to 256 printable ASCII characters without spaces.');
  const url = readUrl(process.argv.slice(2));
  console.log(`Group Pacer at ${url}\n`);
  const results = await walk(STEPS, { url, apiKey });
  console.log(`${tableOf(results)}\n\n${verdictOf(results, STEPS.length, apiKey !== undefined)}`);
  process.exitCode = results.every(({ faults }) => faults.length === 0) ? 0 : 1;
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 1;
}

/** @throws SettingsError */
function readUrl(given: readonly string[]): string {
  const [text, ...others] = given;
  if (text === undefined) throw new SettingsError('There is no URL.');
  if (others.length > 0) throw new SettingsError('There must be one URL and nothing else.');
  const url = URL.parse(text);
  if (url === null) throw new SettingsError('The URL is none; it begins with https://.');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname)))
    throw new SettingsError('The URL must begin with https://; only on loopback may it be http://.');
  if (`${url.username}${url.password}${url.search}${url.hash}` !== '')
    throw new SettingsError('The URL must hold no user, no query and no fragment.');
  return `${url.origin}${url.pathname.replace(/\/$/, '')}`;
}
