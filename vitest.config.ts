import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './test/summary-reporter.ts';

export default defineConfig({
  test: {
    globalSetup: 'test/scratch.ts',
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // Two cores: the end-to-end tests drive whole processes, more workers would only make each other wait.
    maxWorkers: 2,
    environment: 'node',
    reporters: ['default', new SummaryReporter()],
  },
});
