/** Whether a path leads to a file that `test/architecture.test.ts` plants while it runs. Tests that read our code leave it out. */
export const isPlanted = (path: string): boolean => /(?:^|\/)planted(?:-\d+)?\//.test(path)
