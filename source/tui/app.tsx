import { Box, useApp, useInput, usePaste, useWindowSize } from 'ink';
import SelectInput from 'ink-select-input';
import { useCallback, useEffect, useReducer, useRef } from 'react';
import { footRow, headRow, helpRows, messageRow, railRow } from './components/frame.ts';
import { Rows } from './components/rows.tsx';
import { contextOf } from './context.ts';
import { createEffects, type EffectOptions, type Effects } from './effects/effects.ts';
import type { Command, Event } from './events.ts';
import { fleetView } from './fleet/view.ts';
import { jobView } from './job/view.ts';
import { keysOf } from './key-input.ts';
import { blank, type Line, line, wrapped } from './lines.ts';
import { reduce } from './reduce.ts';
import type { AppState } from './state.ts';
import type { Glyphs } from './theme.ts';
import type { Size } from './view.ts';
import { actMenu } from './wizard/act.ts';
import { actHead, createView, pickView } from './wizard/act-view.ts';
import { configureView } from './wizard/configure-view.ts';
import { connectRows } from './wizard/connect-view.ts';
import { templateView } from './wizard/template-view.ts';
import { verifyView } from './wizard/verify-view.ts';

export const least = { columns: 80, rows: 24 } as const;

export interface AppProps {
  readonly start: AppState;
  readonly first: readonly Command[];
  readonly effects: Omit<EffectOptions, 'quit' | 'now'>;
  readonly glyphs: Glyphs;
  /** Milliseconds between ticks of the clock on the screen. */
  readonly tickEvery: number;
  readonly now: () => number;
  readonly onState: (state: AppState) => void;
  readonly onEffects: (effects: Effects) => void;
}

interface Store {
  readonly state: AppState;
  readonly commands: readonly Command[];
}

const step = ({ state }: Store, event: Event): Store => {
  const [next, commands] = reduce(state, event);
  return { state: next, commands };
};

/** The screen: keys and results into the reducer, its commands to the effects, its state to rows. */
export function App({ start, first, effects: options, glyphs, tickEvery, now, onState, onEffects }: AppProps) {
  const { exit } = useApp();
  const store = useRef<Store>({ state: start, commands: first });
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const effects = useRef<Effects | null>(null);

  const dispatch = useCallback(
    (event: Event): void => {
      store.current = step(store.current, event);
      onState(store.current.state);
      redraw();
      for (const command of store.current.commands) effects.current?.run(command);
    },
    [onState],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: the effects live as long as the screen
  useEffect(() => {
    const made = createEffects({ ...options, now, quit: (code) => exit(code) }, dispatch);
    effects.current = made;
    onEffects(made);
    for (const command of first) made.run(command);
    const timer = setInterval(() => dispatch({ type: 'tick', now: now() }), tickEvery);
    return () => clearInterval(timer);
  }, []);

  useInput((input, key) => {
    for (const pressed of keysOf(input, key)) dispatch({ type: 'key', key: pressed });
  });
  usePaste((text) => dispatch({ type: 'paste', text }));

  const { columns, rows } = useWindowSize();
  const { state } = store.current;
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
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <Rows rows={[headRow(state, frame), railRow(state, frame), blank]} width={columns} glyphs={glyphs} />
      <Box flexDirection="column" height={size.height} paddingLeft={1} overflow="hidden">
        <Body state={state} size={size} onMenu={(value) => dispatch({ type: 'menu', value })} />
      </Box>
      <Rows rows={[messageRow(state), footRow(state, frame)]} width={columns} glyphs={glyphs} />
    </Box>
  );
}

/** Menus are ink-select-input's; everything else is rows. */
function Body({ state, size, onMenu }: { state: AppState; size: Size; onMenu: (value: string) => void }) {
  const context = contextOf(state);
  if (state.help) return <Rows rows={helpRows(state, size)} width={size.width} glyphs={size.glyphs} />;
  if (context === 'connect-menu') {
    const hosts = state.connect.profiles.map(({ name, user }) => ({ label: `${name} (${user})`, value: name }));
    const items = [...hosts.slice(0, size.height - 5), { label: 'A new host', value: '' }];
    return <Menu head={[line('Which XenServer?', 'title'), blank]} items={items} size={size} onMenu={onMenu} />;
  }
  if (context === 'act') return <Menu head={actHead(state, size)} items={actMenu} size={size} onMenu={onMenu} />;
  return <Rows rows={bodyRows(state, size).slice(0, size.height)} width={size.width} glyphs={size.glyphs} />;
}

interface MenuProps {
  head: readonly Line[];
  items: readonly { readonly label: string; readonly value: string }[];
  size: Size;
  onMenu: (value: string) => void;
}

function Menu({ head, items, size, onMenu }: MenuProps) {
  return (
    <Box flexDirection="column">
      <Rows rows={head} width={size.width} glyphs={size.glyphs} />
      <SelectInput
        items={items.map((item) => ({ ...item, key: item.value }))}
        onSelect={({ value }) => onMenu(value)}
      />
    </Box>
  );
}

function bodyRows(state: AppState, size: Size): Line[] {
  if (state.job !== null) return jobView(state, size);
  switch (state.step) {
    case 'connect':
      return connectRows(state, size);
    case 'template':
      return templateView(state, size);
    case 'configure':
      return configureView(state, size);
    case 'verify':
      return verifyView(state, size);
    case 'act':
      return state.act.view === 'create' ? createView(state, size) : pickView(state, size);
    case 'fleet':
      return fleetView(state, size);
  }
}
