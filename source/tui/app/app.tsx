import { Box, useApp, useInput, usePaste, useWindowSize } from 'ink';
import { useEffect } from 'react';
import type { View } from '../kit/binding.ts';
import { wrapped } from '../kit/lines.ts';
import { MenuRows } from '../kit/menu-rows.tsx';
import { Rows } from '../kit/rows.tsx';
import type { Size } from '../kit/size.ts';
import type { Glyphs } from '../kit/theme.ts';
import { connectionRow } from './connection.ts';
import { footRow, headRow, messageRow, railRow } from './frame.ts';
import { keysOf } from './input.ts';
import type { JobControl } from './job-control.ts';
import { keysNow, stackOf, topmost } from './layers.ts';
import type { HasShared } from './shared.ts';
import { useJobControl } from './use-job-control.ts';
import { type ProgramOptions, useProgram } from './use-program.ts';

export const least = { columns: 80, rows: 24 } as const;

interface AppProps<State> extends Omit<ProgramOptions<State>, 'quit'> {
  readonly glyphs: Glyphs;
  /** Draws the whole terminal anew, whatever it shows. */
  readonly redraw?: () => void;
  /** Null: no shell can stop it. */
  readonly jobs?: JobControl | null;
}

/** The screen: keys and results into the program, its state to rows. */
export function App<State extends HasShared>({ glyphs, redraw, jobs = null, ...options }: AppProps<State>) {
  const { exit } = useApp();
  const [state, dispatch] = useProgram({ ...options, quit: (code) => exit(code) });

  const stop = useJobControl(jobs);

  useInput((input, key) => {
    for (const pressed of keysOf(input, key)) {
      if (pressed.name === 'ctrl-l') redraw?.();
      else if (pressed.name === 'ctrl-z') stop();
      else dispatch({ type: 'key', key: pressed });
    }
  });
  usePaste((text) => dispatch({ type: 'paste', text }));

  const { columns, rows } = useWindowSize();
  useEffect(() => dispatch({ type: 'window', window: { columns, rows } }), [columns, rows, dispatch]);
  if (columns < least.columns || rows < least.rows) {
    const text = `xenfai needs ${least.columns}x${least.rows}; the terminal is ${columns}x${rows}.`;
    return (
      <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
        <Rows rows={wrapped(text, columns, 'warn').slice(0, rows)} width={columns} glyphs={glyphs} />
      </Box>
    );
  }
  const size: Size = { width: columns - 2, height: rows - 5, glyphs };
  const frame = { ...size, width: columns };
  const stack = stackOf(options.screens, state);
  const { shared } = state;
  const message = topmost(stack, 'message')?.(state) ?? [];
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <Rows
        rows={[headRow(shared, frame), railRow(options.screens, shared, frame), connectionRow(shared, frame)]}
        width={columns}
        glyphs={glyphs}
      />
      <Box flexDirection="column" height={size.height} paddingLeft={1} overflow="hidden">
        <Body view={topmost(stack, 'view')?.(state, size) ?? { rows: [] }} size={size} />
      </Box>
      <Rows
        rows={[messageRow(shared, message), footRow(keysNow(stack), state, frame)]}
        width={columns}
        glyphs={glyphs}
      />
    </Box>
  );
}

/** Rows, and below them the menu if there is one. */
function Body({ view, size }: { view: View; size: Size }) {
  const rows = view.rows.slice(0, size.height);
  return (
    <Box flexDirection="column">
      <Rows rows={rows} width={size.width} glyphs={size.glyphs} />
      {view.menu === undefined ? null : (
        <MenuRows menu={view.menu} size={{ ...size, height: size.height - rows.length }} />
      )}
    </Box>
  );
}
