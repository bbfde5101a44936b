/** Exit codes as scripts rely on them; documented in the README. */
export const exit = {
  done: 0,
  fault: 1,
  usage: 2,
  unreachable: 3,
  loginRefused: 4,
  certificate: 5,
  checkFailed: 6,
  notFound: 7,
  refused: 8,
  someFailed: 9,
  hostError: 10,
  installFailed: 11,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];
