import type { Reporter, TestModule } from 'vitest/node';

/** Names, at the end of a run, every test that passed only on a second try: none of them passes silently. */
// eslint-disable-next-line no-restricted-syntax -- vitest takes the default export of a reporter's file
export default class SecondTries implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const flaky = modules.flatMap((module) =>
      [...module.children.allTests('passed')].filter((test) => test.diagnostic()?.flaky === true),
    );
    for (const test of flaky) {
      console.error(`PASSED ON A SECOND TRY ONLY: ${test.module.relativeModuleId} > ${test.fullName}`);
      for (const error of test.result().errors ?? []) console.error(`  ${error.message}`);
    }
  }
}
