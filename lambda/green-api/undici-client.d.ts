/** undici types only its index. This is what its client has by itself; `request()` and its like are added by the index. */
declare module 'undici/lib/dispatcher/client.js' {
  import type { Client } from 'undici';

  const BareClient: new (url: string | URL, options?: Client.Options) => Pick<Client, 'dispatch' | 'destroy'>;
  export default BareClient;
}
