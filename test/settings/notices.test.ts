import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allNotices, type Notices, noNotices, noticesFor } from '../../source/settings/notices.ts';
import { openSettings } from '../../source/settings/settings.ts';

test.each<[string, Notices, Record<string, string>, Notices]>([
  ['as the settings say', { ...allNotices, bell: false }, { TERM: 'xterm' }, { ...allNotices, bell: false }],
  ['the environment goes before', allNotices, { XENFAI_NOTICES: 'bell, title' }, { ...allNotices, desktop: false }],
  ['none', allNotices, { XENFAI_NOTICES: 'none' }, noNotices],
  ['a console that writes out what it does not know', allNotices, { TERM: 'linux' }, { ...noNotices, bell: true }],
  ['a screen reader', allNotices, { INK_SCREEN_READER: 'true', XENFAI_NOTICES: 'bell' }, noNotices],
])('%s', (_, settings, env, wanted) => {
  expect(noticesFor(settings, env)).toEqual(wanted);
});

test.each([
  ['{}', allNotices],
  ['{"notices": {"bell": false}}', { ...allNotices, bell: false }],
  ['{"notices": {"bell": "loud", "title": false}}', { ...allNotices, title: false }],
  ['{"notices": 3}', allNotices],
])('the settings file: %s', (text, wanted) => {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-'));
  writeFileSync(join(folder, 'config.json'), text);
  expect(openSettings(folder).notices()).toEqual(wanted);
});
