import { expect, test } from 'vitest';
import { noNotices } from '../../source/settings/notices.ts';
import { createProgram } from '../../source/tui/app/program.ts';
import { screens } from '../../source/tui/screens/index.ts';
import { start } from './play.ts';

test('once Ctrl-C has left, Enter of the same burst does nothing: nobody logs in', () => {
  const quits: number[] = [];
  const { state, dispatch } = createProgram(
    {
      screens,
      start: start(),
      surroundings: { now: () => 0, notices: noNotices } as never,
    },
    { quit: (code) => quits.push(code), suspend: () => {} },
    () => {},
  );
  for (const name of ['enter', 'enter', 'ctrl-c', 'enter', 'enter'])
    dispatch({ type: 'key', key: { name, text: '' } });
  dispatch({ type: 'paste', text: 'x' });
  expect(quits).toEqual([130]);
  expect(state().connect.phase).toBe('form');
  expect(state().connect.form.values.password).toBe('secret');
});
