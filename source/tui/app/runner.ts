import type { Happening, Launch } from './mount.ts';
import { bell, desktopNotice, keepTitle, restoreTitle, setTitle } from './notice-codes.ts';
import type { AppCommand } from './screen.ts';
import { openWorld, type Surroundings } from './world.ts';

/** Runs commands. */
export interface Runner<State> {
  run(launch: Launch<State>): void;
  /** Gives the terminal's title back for as long as a shell has it. */
  leave(): void;
  /** The title is ours again, also where nobody could say that we would go. */
  enter(): void;
  /** Stops what is under way; with `wait` its taking back is awaited. Then logs out. */
  close(wait: boolean): Promise<void>;
}

/** What only the screen around it can do. Where there is none, there is nothing to draw or to give back. */
export interface Doors {
  readonly quit: (code: number) => void;
  readonly redraw?: () => void;
  readonly suspend?: () => void;
}

/** Makes what runs the commands of one screen, each with a signal that ends it. */
export function createRunner<State>(
  surroundings: Surroundings,
  dispatch: (event: Happening<State>) => void,
  { quit, redraw, suspend }: Doors,
): Runner<State> {
  const world = openWorld(surroundings);
  const whole = new AbortController();
  let current = new AbortController();
  const { notices } = surroundings;
  let title: string | null = null;
  /** The terminal shows our title; its own is kept. */
  let titled = false;
  let closed = false;
  const running = new Set<Promise<void>>();
  const interrupt = (): void => {
    current.abort(new DOMException('Interrupted', 'AbortError'));
    current = new AbortController();
  };
  const showTitle = (): void => {
    if (title === null) return;
    world.write(`${titled ? '' : keepTitle}${setTitle(title)}`);
    titled = true;
  };
  const giveTitleBack = (): void => {
    if (titled) world.write(restoreTitle);
    titled = false;
  };
  const carryOut = (command: AppCommand): void => {
    switch (command.app) {
      case 'quit':
        quit(command.code);
        break;
      case 'cancel':
        interrupt();
        break;
      case 'redraw':
        redraw?.();
        break;
      case 'suspend':
        suspend?.();
        break;
      case 'copy':
        world.write(`\u001b]52;c;${Buffer.from(command.text, 'utf8').toString('base64')}\u0007`);
        break;
      case 'notify':
        if (notices.bell) world.write(bell);
        if (notices.desktop) world.write(desktopNotice(command.text));
        break;
      case 'title':
        if (!notices.title) break;
        title = command.text;
        showTitle();
        break;
    }
  };
  return {
    run(launch) {
      // What was taken back tells of it, and nothing may follow from that any more.
      if (closed) return;
      if ('app' in launch) return carryOut(launch);
      const work = launch.perform({ world, signal: current.signal, whole: whole.signal }, dispatch);
      running.add(work);
      void work.finally(() => running.delete(work));
    },
    leave: giveTitleBack,
    enter: showTitle,
    async close(wait) {
      closed = true;
      interrupt();
      giveTitleBack();
      // Taking back has its own deadline; the login must last until it is done.
      if (wait) await Promise.allSettled([...running]);
      whole.abort();
      await world.close();
    },
  };
}
