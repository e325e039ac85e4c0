import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { ADMIN_PATH, handleAdminRequest } from './http/admin-endpoint';
import { AwsEndpoint } from './http/aws-endpoint';
import { Call, createServices, Services } from './services';
import { ApiKey, DEFAULT_ACCOUNT, KeyLocation, keyLocation, Scope, SCOPES } from './services/api-keys';
import { Fault } from './services/faults';
import { Settings } from './settings';

const HOST = '127.0.0.1';

export interface WafEmulatorOptions extends Partial<Settings> {
  /** @default 0 - any free port */
  readonly port?: number;
  /** Milliseconds since the epoch. @default - the system's clock */
  readonly now?: () => number;
}

export interface NewKey {
  readonly scope: Scope;
  readonly region: string;
  readonly tokenDomains: readonly string[];
  /** @default - the account of callers whose access key id is no account id */
  readonly account?: string;
}

/** The API key operations of AWS WAF on a port of this machine. */
export class WafEmulator {
  public static async start({ port = 0, now, ...settings }: WafEmulatorOptions = {}): Promise<WafEmulator> {
    const emulator = new WafEmulator(createServices(settings, { now: now ?? Date.now }));
    await emulator.listen(port);
    return emulator;
  }

  private readonly server: Server;

  private constructor(private readonly services: Services) {
    const endpoint = new AwsEndpoint(services);
    this.server = createServer((request, response) => {
      const handled = request.url?.startsWith(ADMIN_PATH)
        ? handleAdminRequest(this, request, response)
        : endpoint.handle(request, response);
      // Only reading from a client that went away can fail here.
      handled.catch(() => response.destroy());
    });
    // Longer than clients keep idle connections, so that none is closed under a request.
    this.server.keepAliveTimeout = 120_000;
    this.server.requestTimeout = 0;
  }

  public get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://${HOST}:${port}`;
  }

  /** Keys that exist, oldest first. */
  public keys(where: Partial<KeyLocation> = {}): ApiKey[] {
    return this.services.keys.existing(where);
  }

  /** Makes a key as if someone else had, past quotas, checks and faults. */
  public addKey({ scope, region, tokenDomains, account = DEFAULT_ACCOUNT }: NewKey): ApiKey {
    if (!SCOPES.includes(scope) || !region || !Array.isArray(tokenDomains) || tokenDomains.length === 0) {
      throw new Error(`A key needs scope (one of ${SCOPES.join(', ')}), region and tokenDomains`);
    }
    return this.services.keys.create(keyLocation(scope, { account, region }), tokenDomains);
  }

  /** Deletes a key as if someone else had; false if there is none. */
  public removeKey(apiKey: string): boolean {
    const key = this.services.keys.findIncludingDeleted(apiKey);
    return key !== undefined && this.services.keys.delete(key, apiKey);
  }

  /** Every request since the start or the last reset, in the order the emulator acted on them. */
  public get calls(): readonly Call[] {
    return this.services.calls;
  }

  public get settings(): Settings {
    return this.services.settings.current;
  }

  public configure(changes: Partial<Settings>): void {
    this.services.settings.configure(changes);
  }

  public fail(fault: Fault): void {
    this.services.faults.add(fault);
  }

  /** Faults still to happen. */
  public get faults(): readonly Fault[] {
    return this.services.faults.list();
  }

  /** The service is well again. */
  public clearFaults(): void {
    this.services.faults.reset();
  }

  /** Back to the settings of the start, without keys, calls, faults and used quota. */
  public reset(): void {
    const { settings, keys, quotas, faults, calls } = this.services;
    [settings, keys, quotas, faults].forEach((service) => service.reset());
    calls.length = 0;
  }

  /** Ends open and hanging connections too. */
  public async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, HOST, resolve);
    });
  }
}
