/** The password of all accounts in tests. */
export const password = 'a long password for tests'
