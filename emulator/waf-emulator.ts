import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { systemClock } from './clock';
import { EmulatorControls } from './controls';
import { ADMIN_PATH, handleAdminRequest } from './http/admin-endpoint';
import { AwsEndpoint } from './http/aws-endpoint';
import { createOperations } from './operations';
import { createServices, Services } from './services';
import { Settings } from './settings';

const HOST = '127.0.0.1';

export interface WafEmulatorOptions extends Partial<Settings> {
  /** @default 0 - any free port */
  readonly port?: number;
  /** Milliseconds since the epoch. @default - the system's clock */
  readonly now?: () => number;
}

/** The API key operations of AWS WAF on a port of this machine. */
export class WafEmulator extends EmulatorControls {
  static async start({ port = 0, now, ...settings }: WafEmulatorOptions = {}): Promise<WafEmulator> {
    const emulator = new WafEmulator(createServices(settings, now ? { now } : systemClock));
    await emulator.listen(port);
    return emulator;
  }

  private readonly server: Server;

  private constructor(services: Services) {
    super(services);
    const endpoint = new AwsEndpoint(createOperations(services), services);
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

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://${HOST}:${port}`;
  }

  /** Ends open and hanging connections too. */
  async stop(): Promise<void> {
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
