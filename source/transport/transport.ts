import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Asking } from './ssh/master.ts';
import type { Shell } from './ssh/shell.ts';
import type { Way } from './ssh/way.ts';
import type { Presented } from './trust.ts';

/** One HTTP request. `path` is sent letter by letter, `..` and all; a proxy gets the whole URL there. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: Uint8Array;
  /** Bounds the whole exchange, the body of the answer included. */
  readonly signal: AbortSignal;
}

export interface HttpOptions {
  /** Up to three connections are kept alive between requests. */
  readonly keep?: boolean;
}

export interface MeetOptions {
  /** CA certificates in PEM that are to vouch for it, in the place of this machine's. */
  readonly ca?: string | undefined;
  /** Old TLS may be spoken. */
  readonly legacyTls?: boolean;
}

/** Connections to one server. */
export interface HttpConnections {
  /** The answer, once its head is there. Errors: ConnectionFailure, or the signal's reason. */
  request(what: HttpRequest): Promise<IncomingMessage>;
  close(): void;
}

/** A file an FTP server sends. What goes wrong while it comes ends the stream with an error. */
export interface FtpFile {
  readonly size: number | null;
  readonly modified: Date | null;
  readonly body: Readable;
  /** Gives up, or tidies up behind a file that has come. */
  readonly close: () => void;
}

/** An FTP server's refusal, by its reply code (RFC 959). */
export class FtpRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'FtpRefusal';
    this.code = code;
  }
}

/** Where the lines that are sent to a port are heard. */
export type PortState =
  | { readonly state: 'listening'; readonly port: number }
  /** Another process of this user has the port and passes them on. */
  | { readonly state: 'shared'; readonly port: number; readonly pid: number }
  /** Somebody else has it. `holder` is for a sentence, `fai-monitor, PID 812`, and foreign in part. */
  | { readonly state: 'taken'; readonly port: number; readonly holder: string }
  | { readonly state: 'refused'; readonly port: number; readonly error: unknown };

export interface LineListener {
  /** `age`: milliseconds since it came in, where it was passed on later. */
  readonly onLine: (line: string, age: number) => void;
  /** At the beginning, and whenever it has changed. */
  readonly onState: (state: PortState) => void;
  readonly signal: AbortSignal;
}

/** Whether something listens there; false when not, or when it takes longer than a moment. */
export type Dial = (host: string, port: number, signal: AbortSignal) => Promise<boolean>;

/**
 * Every socket this program opens is made by one of these. It is handed in, so that tests and the demo give their own,
 * and so that trust and tunnels have one place to go.
 */
export interface Transport {
  /** By https only what was agreed to, or what this machine trusts, is sent anything. */
  http(url: URL, options?: HttpOptions): HttpConnections;
  /** Shakes hands as the first request by https does, and says nothing. Errors: those of such a request. */
  reach(url: URL, signal: AbortSignal): Promise<void>;
  /**
   * Shakes hands with the server of an https URL and goes: the certificate it shows, whether it is believed or not.
   * Errors: OldTls, ConnectionFailure, the signal's reason.
   */
  meet(url: URL, how: MeetOptions, signal: AbortSignal): Promise<Presented>;
  ftp(url: URL, signal: AbortSignal): Promise<FtpFile>;
  readonly dial: Dial;
  /** This machine's address as the server at `url` sees it; empty when it cannot be told. */
  localAddress(url: URL, signal: AbortSignal): Promise<string>;
  /** The first line of every connection to a port, shared with this user's other processes. Never rejects. */
  hearLines(port: number, listener: LineListener): Promise<void>;
  /** Whether what is said to a server there, a password above all, can be read on its way. */
  isReadable(url: URL): boolean;
  /** Runs commands on the machine of that URL; null where nothing leads there. */
  shellOn(url: URL): Shell | null;
  /** The same as another machine sees it, one for each way as long as this process lives. Nothing is begun yet. */
  through(way: Way): Promise<Tunnelled>;
}

/** Hosts are reached from a machine that ssh leads to; what else there is goes from here. */
export interface Tunnelled extends Transport {
  /** Begins ssh, so that it may ask what it has to ask. Errors: SshFailure, the signal's reason. */
  open(asking: Asking): Promise<void>;
  /** Ends ssh, where it still runs. */
  close(): void;
}
