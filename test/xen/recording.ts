import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Frame, filmSvg, frameOf, screenSvg } from '../../scripts/svg.ts';
import { printShell } from '../../source/text/shell.ts';
import { networkOf } from '../../source/transport/network.ts';
import { socketFolders } from '../../source/transport/socket-folder.ts';
import { nothingAgreed } from '../../source/transport/trust.ts';
import type { Terminal } from '../end-to-end/terminal.ts';
import type { Site } from './site.ts';

/** What is kept of an attempt: FAI's messages, what was typed and said, screens, consoles. Times are Unix seconds. */
export class Recording {
  private readonly messages: string[] = [];
  private readonly notes: string[] = [];
  private readonly session: string[] = [];
  private readonly screens: string[] = [];
  private readonly pictures = new Map<string, string>();
  private readonly film: (Frame & { readonly seconds: number })[] = [];
  private filmed = 0;

  /** Hears FAI's messages as another xenfai of the same user does. */
  constructor(state: string, signal: AbortSignal) {
    const onLine = (line: string, age: number): void => {
      this.messages.push(`${((Date.now() - age) / 1000).toFixed(2)} ${line}`);
    };
    void networkOf(socketFolders(process.env, state), nothingAgreed).hearLines(4711, {
      onLine,
      onState: () => {},
      signal,
    });
  }

  note(text: string): void {
    this.notes.push(`${(Date.now() / 1000).toFixed(2)} ${text}`);
  }

  ran(args: readonly string[], out: string, code: number): void {
    this.session.push(`$ ${printShell({ shell: ['xenfai', ...args] })}`, out.trimEnd(), `[exit ${code}]`, '');
  }

  /** The screen as it stands. */
  saw(terminal: Terminal): void {
    this.screens.push(terminal.text().trimEnd(), ''.padEnd(terminal.emulator.cols, '~'));
  }

  /** The same, as a picture of that name. */
  shot(terminal: Terminal, name: string, title: string): void {
    this.saw(terminal);
    this.pictures.set(name, screenSvg(terminal.emulator, title));
  }

  /** A frame of the film, but that none comes within 45 seconds of another. */
  filmFrame(terminal: Terminal, last = false): void {
    if (!last && Date.now() - this.filmed < 45_000) return;
    this.filmed = Date.now();
    this.film.push({ ...frameOf(terminal.emulator), seconds: last ? 4 : 1 });
  }

  /** FAI's messages so far, each with its time. */
  heard(): readonly string[] {
    return this.messages;
  }

  /** The domain that was built last, by its name in dom0. */
  lastDomain(): string {
    const built = this.notes.flatMap((note) => / (guest\d+): xl create/.exec(note)?.[1] ?? []);
    return built.at(-1) ?? 'none';
  }

  /** All of it into the folder of the attempt, with what xenconsoled kept of each domain. */
  async write({ folder, dom0 }: Site): Promise<void> {
    const put = (name: string, lines: readonly string[]): void =>
      writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
    put('messages.txt', this.messages);
    put('domains.txt', this.notes);
    put('session.txt', this.session);
    put('screens.txt', this.screens);
    for (const [name, picture] of this.pictures) put(`${name}.svg`, [picture]);
    if (this.film.length > 0) {
      put('install.svg', [filmSvg(this.film, 'A real FAI installs a real PV guest on a real Xen, seen by xenfai')]);
    }
    const consoles = await dom0.run('cd /var/log/xen/console && ls guest-*.log 2>/dev/null || true');
    for (const name of consoles.split('\n').filter(Boolean)) {
      put(`console-${name}`, [await dom0.run(`cat /var/log/xen/console/${name}`)]);
    }
  }
}
