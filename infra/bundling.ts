import { join } from 'node:path';
import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** Where package-lock.json lies; what esbuild is run in. */
export const PROJECT_ROOT = join(import.meta.dirname, '..');

/**
 * Credential providers that the SDK imports only when a function's environment variables hold no credentials.
 * Lambda always sets them (AWS docs, "Defined runtime environment variables"); only a function
 * with SnapStart, which this one is without, would need `credential-provider-http`. So they are left out of the bundle.
 */
export const UNUSED_CREDENTIAL_PROVIDERS = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** How the function becomes one file, a small one: it is read and compiled on every cold start. */
export const BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  // The names of errors in the log must be those of the code.
  keepNames: true,
  // The SDK of package-lock.json, which the tests ran with, not the one that Lambda happens to carry.
  bundleAwsSDK: true,
  externalModules: UNUSED_CREDENTIAL_PROVIDERS,
  // Before `main`: ES modules can be tree-shaken.
  mainFields: ['module', 'main'],
  // undici is CommonJS and calls `require` for Node's own modules, which ES modules lack.
  banner:
    "import{createRequire as bannerCreateRequire}from'node:module';const require=bannerCreateRequire(import.meta.url);",
  // undici's own switch, set for the copy inside Node too: leaves out its second,
  // experimental HTTP parser, 166 KB that never run.
  define: { esbuildDetection: 'true' },
  logLevel: LogLevel.WARNING,
};
