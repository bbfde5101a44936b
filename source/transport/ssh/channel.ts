import { Duplex } from 'node:stream';
import { limits } from '../../limits/limits.ts';
import { type Guarded, startGuarded } from './guarded.ts';

/**
 * A connection to a server that ssh has made at its other end (`-W`), with no byte of it said by anybody but the server
 * and us. Whether it came about shows when the first byte comes, or ssh ends: then `failure` says why.
 */
export class Channel extends Duplex {
  readonly #ssh: Guarded;

  constructor(args: readonly string[], failure: (code: number, said: string) => Error) {
    super({ allowHalfOpen: false });
    const ssh = startGuarded('ssh', args);
    this.#ssh = ssh;
    let heard = false;
    let said = '';
    ssh.errors.setEncoding('utf8');
    ssh.errors.on('data', (text: string) => {
      said = (said + text).slice(-limits.ssh.said);
    });
    ssh.output.on('data', (bytes: Buffer) => {
      heard = true;
      if (!this.push(bytes)) ssh.output.pause();
    });
    void ssh.ended.then((code) => {
      if (heard || code === 0) this.push(null);
      else this.destroy(failure(code, said));
    });
  }

  override _read(): void {
    this.#ssh.output.resume();
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    // ssh that has ended says why by its end.
    this.#ssh.input.write(bytes, () => done());
  }

  override _final(done: () => void): void {
    // Not when ssh has taken it: one that has ended never does, and this would stay among an agent's idle connections.
    this.#ssh.input.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#ssh.end();
    done(error);
  }

  // What Node's agents ask of a socket. Whether the other side lives is ssh's business.

  setKeepAlive = (): this => this;
  setNoDelay = (): this => this;
  setTimeout = (): this => this;
  ref = (): this => this;
  unref = (): this => this;
}
