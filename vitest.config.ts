import { defineConfig } from 'vitest/config'
import { processTestMs, testMs, waitMs } from './test/patience.ts'
import { projects } from './test/projects.ts'
import RetriedReporter from './test/retried.ts'

export default defineConfig({
  test: {
    // One PostgreSQL for all projects: those that extend this configuration leave its set-up to it.
    globalSetup: ['test/global.ts'],
    reporters: ['default', new RetriedReporter()],
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: testMs,
    hookTimeout: testMs,
    expect: { poll: { timeout: waitMs } },
    projects: Object.entries(projects).map(([name, files]) => ({
      extends: true,
      test: {
        name,
        ...files,
        // Its files share what they import: most of their time would be spent on importing the same again.
        ...(name === 'core' || name === 'slow' ? { isolate: false } : {}),
        // Processes and browsers are real here, and machines stall: what fails for that passes the second time.
        ...(name === 'processes' ? { retry: 1, testTimeout: processTestMs, hookTimeout: processTestMs } : {}),
      },
    })),
  },
})
