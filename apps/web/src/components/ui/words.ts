/** Every text of these components. A translator starts here. */
export const words = {
  combobox: {
    choose: 'Choose…',
    noMatch: 'No matches.',
    placeholder: 'Search or type…',
    search: 'Search…',
    take: (text: string) => `Use “${text}”`,
  },
  sessionNotice: {
    over: 'Your session ended. What you typed is kept: sign in in a new tab, then continue here.',
    signIn: 'Sign in',
  },
  dialog: {
    close: 'Close',
  },
  field: {
    optional: 'optional',
  },
  loadedLater: {
    failed: 'This part could not be loaded',
    tryAgain: 'Try again',
  },
  passwordField: {
    hideCharacters: 'Hide characters',
    showCharacters: 'Show characters',
  },
  table: {
    actions: 'Actions',
  },
} as const
