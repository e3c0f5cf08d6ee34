/** Of everybody in tests. */
export const password = 'a long password for tests'
