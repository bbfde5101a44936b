import { Box, useApp, useInput, usePaste, useWindowSize } from 'ink';
import { useEffect, useRef } from 'react';
import { memoLast } from '../kit/memo.ts';
import { MenuRows } from '../kit/menu-rows.tsx';
import { Rows } from '../kit/rows.tsx';
import type { Glyphs } from '../kit/theme.ts';
import { frame } from './frame.ts';
import { keysOf } from './input.ts';
import type { JobControl } from './job-control.ts';
import { pictureOf } from './picture.ts';
import type { HasShared } from './shared.ts';
import { useJobControl } from './use-job-control.ts';
import { type ProgramOptions, useProgram } from './use-program.ts';

interface AppProps<State> extends Omit<ProgramOptions<State>, 'doors' | 'look'> {
  readonly glyphs: Glyphs;
  /** Draws the whole terminal anew, whatever it shows. */
  readonly redraw?: () => void;
  /** Null: no shell can stop it. */
  readonly jobs?: JobControl | null;
}

/** The screen: keys and results into the program, its state to rows. */
export function App<State extends HasShared>({ glyphs, redraw, jobs = null, ...options }: AppProps<State>) {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const take = useRef(memoLast(pictureOf<State>)).current;
  const suspend = useJobControl(jobs);
  const [picture, dispatch] = useProgram({
    ...options,
    look: (state) => take(options.screens, state, columns, rows, glyphs),
    doors: { quit: (code) => exit(code), suspend, ...(redraw === undefined ? {} : { redraw }) },
  });

  useInput((input, key) => {
    for (const pressed of keysOf(input, key)) dispatch({ type: 'key', key: pressed });
  });
  usePaste((text) => dispatch({ type: 'paste', text }));
  useEffect(() => dispatch({ type: 'window', window: { columns, rows } }), [columns, rows, dispatch]);

  const { head, body, foot } = picture;
  const size = { width: columns - frame.columns, height: rows - head.length - foot.length, glyphs };
  return (
    <Box flexDirection="column" width={columns} height={rows} overflowY="hidden">
      <Rows rows={head} width={columns} glyphs={glyphs} />
      <Box flexDirection="column" height={size.height} paddingLeft={1} overflowY="hidden">
        <Rows rows={body.rows} width={size.width} glyphs={glyphs} />
        {body.menu === undefined ? null : (
          <MenuRows menu={body.menu} size={{ ...size, height: size.height - body.rows.length }} />
        )}
      </Box>
      <Rows rows={foot} width={columns} glyphs={glyphs} />
    </Box>
  );
}
