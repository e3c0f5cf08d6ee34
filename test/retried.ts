/** Prints at the end which tests passed only when they were run again, so that nobody overlooks them. */
import type { Reporter, TestModule } from 'vitest/node'

export default class RetriedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const retried = modules.flatMap(({ children, relativeModuleId }) =>
      [...children.allTests()]
        .filter((test) => test.diagnostic()?.flaky)
        .map((test) => `  ${relativeModuleId} > ${test.fullName}`),
    )
    if (retried.length === 0) return
    process.stdout.write(`\nPassed only when run again:\n${retried.join('\n')}\n`)
  }
}
