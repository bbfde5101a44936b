import { command } from './spec.ts';

export const screen = command({
  name: '',
  about: 'the wizard and the fleet, on a real host',
  takes: () => ({}),
  examples: [
    ['xenfai --host xvm03', 'the address is filled in'],
    ['xenfai --host xvm03 --password-file ~/.xenpw', 'its fleet, and nothing is asked'],
  ],
  exits: [],
  access: 'write',
  run: async (given, _, doors) => ({ exit: await doors.screen(given), streamed: true, json: {}, lines: [] }),
});
